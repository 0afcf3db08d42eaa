import * as z from 'zod';
import {
  CLAIMING,
  claimPermissions,
  PATIENCE,
  READING,
  type Right,
  readRight,
  rightPermissions,
  type Side,
  type WitnessObject,
  witnessParams,
  writeCommand,
  writeRight,
} from '../../components/witness/right.ts';
import {
  healthChecksParams,
  recordViews,
  VIEWING,
  viewOfTheWorld,
  viewPermissions,
} from '../../components/witness/world-view.ts';
import { inWords } from '../../duration.ts';
import { isPassing } from '../../errors.ts';
import { isRefusal } from '../../ports/sql.ts';
import { hasNoAnswer } from '../../steps/account/look.ts';
import { isStandby } from '../../steps/data/heartbeat.ts';
import { defineStep, type StepContext } from '../../steps/step.ts';
import { standingParams } from './detect-partition.ts';
import { sidesParams } from './sight.ts';

const params = z.object({
  sides: sidesParams,
  witness: witnessParams,
  healthChecks: healthChecksParams,
  silentSinceMs: z.number(),
  right: standingParams.nullable(),
  withinMs: z.number(),
});
type Params = z.output<typeof params>;

/** Which side may write: itself and the witness are two of the three vantage points. Null where neither has the witness with it. */
export type Settled = { holder: Side | null };

/** What a look came to: a side has the right, it can be claimed upon that version, or nobody came to have it in time. */
type Seen = { holder: Side | null; claimable: string | null; why: string };

const LOOK_EVERY_MS = 1_000;

/**
 * Settles by the witness who may write. A primary that renews its right keeps it. Where it has not been renewed for longer than it
 * lasts, its guard has stopped writes by then, and the recovery side claims it upon the version that was seen: S3 lets one of the two
 * come through, in any order of the writes.
 */
export const settleQuorum = defineStep<Params, Settled>({
  kind: 'quorum.settle',
  params,
  needs: ({ witness, healthChecks }) => [{ need: 'witness', ...witness, healthChecks }],
  plane: 'data',
  title: ({ witness }) => `Let the witness in ${witness.region} decide which region may write`,
  region: ({ witness }) => witness.region,
  calls: [...READING, ...CLAIMING, ...VIEWING],
  permissions: ({ witness, healthChecks }) => [
    ...rightPermissions(witness),
    ...claimPermissions(witness),
    ...viewPermissions(healthChecks),
  ],
  command: ({ witness }) => writeCommand(witness, 'recovery', witness.leaseMs * PATIENCE),
  doneWhen: () => 'The witness names one region. Only that region takes writes.',
  usuallyMs: ({ witness }) => witness.leaseMs,

  async observe(asked, context) {
    const seen = await watched(asked, context);
    return { done: seen.claimable === null, state: seen };
  },

  async apply({ witness }, context, before) {
    const { claimable } = before.state as Seen;
    return { won: await writeRight(witness, { holder: 'recovery', version: claimable ?? '' }, context) };
  },

  async settle(asked, context, before, receipt) {
    const { record } = context;
    const first = before.state as Seen;
    const won = (receipt as { won: boolean } | undefined)?.won === true;
    // Who was second looks again: the one who was first has renewed it.
    const seen: Seen =
      first.claimable === null ? first : won ? { ...first, holder: 'recovery' } : await watched(asked, context);
    const { holder, why } = seen;
    const agree = holder === null ? 'neither side has the witness with it' : `${holder} and the witness`;
    record({
      type: 'check',
      check: 'quorum',
      layer: 'verification',
      critical: true,
      ok: holder !== null,
      detail: `${agree}: ${why}`,
    });
    return { holder };
  },

  async undo({ witness }, context) {
    const right = await readRight(witness, context);
    if (right?.holder === 'recovery') await writeRight(witness, { holder: 'primary', version: right.version }, context);
  },
  undoCommand: ({ witness }) => writeCommand(witness, 'primary'),
});

/** Looks at the witness until it has told who may write, or whether that can be claimed; or for as long as the drill allows. */
async function watched(asked: Params, context: StepContext): Promise<Seen> {
  const { clock, signal } = context;
  const { witness, silentSinceMs, withinMs } = asked;
  const patienceMs = witness.leaseMs * PATIENCE;
  const lastMs = clock.nowMs() + withinMs;
  let standing = asked.right;
  let first: string | undefined;
  let claimant: Claimant = { can: false, why: 'it was not renewed, and had not expired' };
  let lookedMs = Number.NEGATIVE_INFINITY;
  recordViews(await viewOfTheWorld(asked.healthChecks, context), context);
  for (;;) {
    const right = await rightNow(witness, context);
    const nowMs = clock.nowMs();
    if (right?.holder === 'recovery') return { holder: 'recovery', claimable: null, why: 'it holds the right already' };
    if (right && right.version !== standing?.version) standing = { version: right.version, sinceMs: nowMs };
    first ??= right?.version;
    if (right?.holder === 'primary' && right.version !== first) {
      return { holder: 'primary', claimable: null, why: `it renewed its right after both sides had fallen silent` };
    }
    const unchangedMs = right && standing ? nowMs - standing.sinceMs : 0;
    if (right && Math.min(unchangedMs, nowMs - silentSinceMs) >= patienceMs && nowMs - lookedMs >= patienceMs / 4) {
      lookedMs = nowMs;
      claimant = await claimantOf(asked, context);
      const why = `the right was not renewed for ${inWords(unchangedMs)}, and the recovery side claimed it first`;
      if (claimant.can) return { holder: null, claimable: right.version, why };
    }
    if (nowMs >= lastMs)
      return { holder: null, claimable: null, why: right ? claimant.why : 'the witness does not answer' };
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

interface Claimant {
  can: boolean;
  why: string;
}

/** A side that nobody reaches has no use for the right to write. */
async function claimantOf({ sides, healthChecks }: Params, context: StepContext): Promise<Claimant> {
  const { sql, signal } = context;
  try {
    await sql.query(sides.replica, isStandby, { timeoutMs: sides.timeoutMs, signal });
  } catch (error) {
    signal.throwIfAborted();
    // A wrong login says nothing about whom it was meant for.
    if (!isRefusal(error) && !isPassing(error)) throw error;
    return { can: false, why: `the right ran out, and ${sides.replica.instance} cannot be reached to take it` };
  }
  const views = await viewOfTheWorld(healthChecks, context);
  recordViews(views, context);
  const { sees, detail } = views.recovery;
  return { can: sees !== false, why: `the right ran out, and the world does not see the recovery region: ${detail}` };
}

async function rightNow(witness: WitnessObject, context: StepContext): Promise<Right | undefined> {
  try {
    return await readRight(witness, context, { once: true });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!hasNoAnswer(error)) throw error;
    return undefined;
  }
}
