import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { DrillError } from '../../../errors.ts';
import { acceptLag } from '../../../steps/data/accept-lag.ts';
import { lookOn } from '../../../steps/data/look-on.ts';
import { mustTakeHeartbeats } from '../../../steps/data/must-take-heartbeats.ts';
import { type Contents, contentsOf, lookedAt, lookedAtSchema } from '../../../steps/data/table-contents.ts';
import { askingAgain } from '../../../steps/data/takes-writes.ts';
import { given, side } from '../../../steps/given.ts';
import { loginTo } from '../../../steps/needs.ts';
import { deciders, decidersGiven, decidersOf } from '../../../steps/people/asking.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { reportedLagMs } from '../lag.ts';
import {
  apartFrom,
  databaseIn,
  type GlobalTarget,
  globalCluster,
  globalClusterNeed,
  globalClusterNow,
  globalClusterOf,
  globalClusterPermissions,
  writerOf,
} from './global-cluster.ts';

const params = globalCluster.extend({
  ...lookedAtSchema.omit({ engine: true }).shape,
  lastsMs: z.number(),
  /** Null where the other cluster may not follow yet. */
  lagMaxMs: z.number().nullable(),
  /** Who decides about a greater lag. */
  deciders,
});
type Params = z.output<typeof params>;

const MINUTE = 60_000;

/** Looks at a healthy global database first: who takes the writes, whether the others follow and how far behind, and what its tables hold. */
export const lookAtGlobalCluster = defineStep<Params, Contents & { lagMs: number | null }>({
  kind: 'rds.look-at-global-cluster',
  params,
  given: given(
    z.strictObject({
      on: side.default('primary').describe('The side that takes the writes.'),
      lasts: duration.default(0),
      lag: z
        .union([z.literal('none'), duration])
        .default(MINUTE)
        .describe(
          'If the lag is higher, people decide whether the drill continues. none: the other side may not replicate yet.',
        ),
      deciders: decidersGiven,
    }),
    ({ on, lasts, lag, deciders: asked }, around) => {
      const target = globalClusterOf(on, around);
      return {
        ...target,
        ...lookedAt(around.dataChecks, target.engine),
        engine: target.engine,
        lastsMs: lasts,
        lagMaxMs: lag === 'none' ? null : lag,
        deciders: decidersOf(asked),
      };
    },
  ),
  needs: (target) => [
    globalClusterNeed(target, { writes: true }),
    loginTo({ ...databaseIn(target, ''), database: target.database }, 'proof'),
  ],
  plane: 'data',
  title: ({ globalCluster: id, cluster }) => `Record the baseline of ${id}, with ${cluster} as the writer`,
  region: ({ region }) => region,
  calls: ['rds:DescribeGlobalClusters', 'cloudwatch:GetMetricData'],
  permissions: (target, account) => [
    ...globalClusterPermissions(['rds:DescribeGlobalClusters'], target, account),
    { action: 'cloudwatch:GetMetricData', resource: '*' },
  ],
  command: ({ region, globalCluster: id }) =>
    `aws rds describe-global-clusters --region ${region} --global-cluster-identifier ${id}`,
  doneWhen: () => 'Every member is available, and one of them is the writer.',
  usuallyMs: ({ lastsMs }) => lastsMs,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const { clock, signal } = context;
    const writer = databaseIn(target, target.database);
    await mustBeWhole(target, context);
    await mustTakeHeartbeats(writer, target.engine, context);
    const acceptedLag = async (): Promise<number | null> => {
      if (target.lagMaxMs === null) return null;
      const lagMs = await lagNow(target, context);
      const late = { instance: target.other.cluster, mostMs: target.lagMaxMs, deciders: target.deciders };
      if (lagMs !== null && lagMs > target.lagMaxMs) await acceptLag({ ...late, lagMs }, context);
      return lagMs;
    };
    const lagMs = await lookOn(target.lastsMs, acceptedLag, context);
    const asOfMs = clock.nowMs() - (lagMs ?? 0);
    return { ...(await contentsOf(askingAgain(context), writer, target, asOfMs, signal)), lagMs };
  },
});

/** Who leads must lead; that the others follow is waited for, unless they need not. */
async function mustBeWhole(target: Params, context: StepContext): Promise<void> {
  await until(context, async () => {
    const found = await globalClusterNow(target, context);
    if (writerOf(found) !== target.arn)
      throw new DrillError('not-the-writer', `${target.cluster} does not take the writes of ${target.globalCluster}.`, {
        hint: 'See which region serves: aws rds describe-global-clusters.',
      });
    const apart = apartFrom(target, found);
    return apart.length === 0 || target.lagMaxMs === null ? true : undefined;
  });
}

async function lagNow({ other }: GlobalTarget, context: StepContext): Promise<number | null> {
  const lagMs = await reportedLagMs(other.region, other.cluster, context);
  context.record({ type: 'lag', instance: other.cluster, lagMs, source: 'metric' });
  return lagMs;
}
