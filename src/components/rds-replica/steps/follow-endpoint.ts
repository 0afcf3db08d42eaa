import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { earlierStep, given, NOT_YET_MS } from '../../../steps/given.ts';
import { keepsFailing } from '../../../steps/keeps-failing.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { type ZoneBefore, zoneBeforeRun } from '../../rds/zone.ts';

const params = z.object({
  name: z.string(),
  before: z.array(z.string()),
  sinceMs: z.number(),
  withinMs: z.number(),
});
type Params = z.output<typeof params>;

const LOOK_EVERY_MS = 1_000;
const BELIEVED_AFTER_MS = 250;

/** Asks DNS for the endpoint of an instance or cluster until its name leads elsewhere: who keeps an old answer finds nobody. */
export const followEndpoint = defineStep<Params, { tookMs: number | null }>({
  kind: 'rds.follow-endpoint',
  params,
  given: given(
    z.strictObject({
      failover: earlierStep.describe('The step that failed over to the standby.'),
      within: duration.default(60_000).describe('If it takes longer, the verification fails.'),
    }),
    ({ failover, within }, around) => {
      const { name, addresses, sinceMs } = around.result<ZoneBefore>(failover, zoneBeforeRun(failover, NOT_YET_MS));
      return { name, before: addresses, sinceMs, withinMs: within };
    },
  ),
  needs: () => [],
  plane: 'data',
  title: ({ name, withinMs }) => `Check that ${name} resolves to another address within ${inWords(withinMs)}`,
  calls: [],
  permissions: () => [],
  command: ({ name }) => `dig +short ${name}`,
  doneWhen: () => 'The name has another address than before.',
  usuallyMs: () => 40_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle(wanted, context) {
    const { clock, signal, record } = context;
    const endMs = wanted.sinceMs + wanted.withinMs;
    const resolving = keepsFailing(context, `resolving ${wanted.name}`);
    let movedMs: number | undefined;
    for (;;) {
      const addresses = await resolved(wanted.name, context, resolving);
      const nowMs = movedMs ?? clock.nowMs();
      const hasMoved = addresses.length > 0 && addresses.join() !== wanted.before.join();
      // One answer may be a resolver's that keeps another: the first of two counts.
      if (hasMoved && movedMs === undefined) {
        movedMs = nowMs;
        await clock.sleep(BELIEVED_AFTER_MS, signal);
        continue;
      }
      if (!hasMoved) movedMs = undefined;
      const tookMs = hasMoved ? nowMs - wanted.sinceMs : null;
      if (hasMoved || nowMs >= endMs) {
        const late = nowMs > endMs;
        const words = hasMoved
          ? `${wanted.name} led to ${addresses.join(', ')} after ${inWords(nowMs - wanted.sinceMs)}, where ${inWords(wanted.withinMs)} are allowed`
          : `after ${inWords(nowMs - wanted.sinceMs)} ${wanted.name} still leads to ${addresses.join(', ') || 'nowhere'}`;
        if (hasMoved && late && lookedAway(wanted, context)) recordUntold(wanted, context);
        else {
          const check = { check: 'endpoint-moved', layer: 'verification', critical: true } as const;
          record({ type: 'check', ...check, ok: hasMoved && !late, detail: words });
        }
        return { tookMs };
      }
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  },
});

/** A run whose process ended meanwhile saw that it had moved, and not when. */
const lookedAway = ({ sinceMs }: Params, { entries }: StepContext): boolean =>
  entries().some((entry) => entry.type === 'run-resumed' && Date.parse(entry.at) > sinceMs);

function recordUntold({ name, withinMs }: Params, { record }: StepContext): void {
  record({
    type: 'finding',
    severity: 'warning',
    subject: name,
    what: `could not check whether ${name} resolved to another address within ${inWords(withinMs)}`,
    why: 'The run was interrupted just then.',
    fix: 'Run the drill again.',
  });
}

/** A name server that does not answer says nothing. */
async function resolved(
  name: string,
  { dns, signal }: StepContext,
  resolving: ReturnType<typeof keepsFailing>,
): Promise<string[]> {
  try {
    const { addresses } = await dns.resolve(name, signal);
    resolving.worked();
    return addresses.toSorted();
  } catch (error) {
    signal.throwIfAborted();
    resolving.failed(error, LOOK_EVERY_MS);
    return [];
  }
}
