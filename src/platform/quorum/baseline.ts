import * as z from 'zod';
import {
  PATIENCE,
  READING,
  readCommand,
  readRight,
  rightPermissions,
  type WitnessObject,
  witnessParams,
} from '../../components/witness/right.ts';
import {
  healthChecksParams,
  recordViews,
  VIEWING,
  viewCommand,
  viewOfTheWorld,
  viewPermissions,
} from '../../components/witness/world-view.ts';
import { inWords } from '../../duration.ts';
import { DrillError } from '../../errors.ts';
import { loginTo } from '../../steps/needs.ts';
import { until } from '../../steps/poll.ts';
import { defineStep, type StepContext } from '../../steps/step.ts';
import { lookFromBothSides, sidesParams } from './sight.ts';

const params = z.object({ sides: sidesParams, witness: witnessParams, healthChecks: healthChecksParams });

/** Sees each vantage point see the others, before anything is cut: what is cut already, or what nobody guards, would not be told apart later. */
export const quorumBaseline = defineStep<z.output<typeof params>, { renewedWithinMs: number }>({
  kind: 'quorum.baseline',
  params,
  needs: ({ sides, witness, healthChecks }) => [
    { need: 'witness', ...witness, healthChecks },
    ...[sides.writer, sides.replica].map(({ region, instance, name }) =>
      loginTo({ region, instance, database: name }, 'work'),
    ),
  ],
  plane: 'data',
  title: ({ witness }) => `Check that both regions and the witness in ${witness.region} reach each other`,
  calls: [...READING, ...VIEWING],
  permissions: ({ witness, healthChecks }) => [...rightPermissions(witness), ...viewPermissions(healthChecks)],
  command: ({ witness, healthChecks }) => `${readCommand(witness)} && ${viewCommand(healthChecks)}`,
  doneWhen: () => 'The witness names the primary region, and both health checks are healthy.',
  usuallyMs: ({ witness }) => witness.leaseMs / 4,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ sides, witness, healthChecks }, context) {
    if (context.sql.withoutLogin?.(sides.writer)) {
      throw new DrillError('no-login', 'No login: cannot ask what one region reaches of the other.', {
        hint: "Give the data store a 'login' in the topology.",
      });
    }
    const [sights, views] = await Promise.all([
      lookFromBothSides(sides, context),
      viewOfTheWorld(healthChecks, context),
    ]);
    for (const { check, sees, detail } of sights)
      context.record({ type: 'check', check, layer: 'infrastructure', critical: true, ok: sees === true, detail });
    recordViews(views, context);
    const seen = [
      ...sights,
      ...(['primary', 'recovery'] as const).map((side) => ({ check: `world-sees-${side}`, ...views[side] })),
    ];
    const blind = seen.find(({ sees }) => sees === false) ?? sights.find(({ sees }) => sees === null);
    if (blind) {
      throw new DrillError(
        'not-whole',
        `The vantage points do not all see each other: ${blind.check}: ${blind.detail}.`,
        {
          hint: 'Fix it first: a link that is cut already cannot be cut for a drill.',
        },
      );
    }
    return { renewedWithinMs: await renewalOf(witness, context) };
  },
});

/** Waits for the primary's guard to renew its right once; gives how long that took. */
async function renewalOf(witness: WitnessObject, context: StepContext): Promise<number> {
  const { clock } = context;
  const first = await readRight(witness, context);
  if (first?.holder !== 'primary') {
    const whose = first ? `it is ${first.holder ?? 'nobody'}'s` : `there is no ${witness.key} in ${witness.bucket}`;
    throw new DrillError('right-elsewhere', `The primary region does not hold the right to write: ${whose}.`, {
      hint: 'The guard of the region whose database takes the writes has to hold it.',
    });
  }
  const sinceMs = clock.nowMs();
  return until(context, async () => {
    const now = await readRight(witness, context);
    if (now && now.version !== first.version) return clock.nowMs() - sinceMs;
    if (clock.nowMs() - sinceMs < witness.leaseMs * PATIENCE) return undefined;
    throw new DrillError(
      'not-guarded',
      `The right to write is not renewed: ${witness.key} in ${witness.bucket} has been unchanged for ${inWords(clock.nowMs() - sinceMs)}.`,
      {
        hint: "See whether the primary region's guard runs: without it nothing would stop writes there in a partition.",
      },
    );
  });
}
