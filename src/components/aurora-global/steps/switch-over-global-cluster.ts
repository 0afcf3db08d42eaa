import * as z from 'zod';
import { given, side } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { things } from '../needs.ts';
import {
  type GlobalTarget,
  type GlobalWriter,
  globalCluster,
  globalClusterNeed,
  globalClusterNow,
  globalClusterOf,
  globalClusterPermissions,
  lookBeforeMove,
  mustHaveInstance,
  seenFromOther,
  untilWriter,
  writerOf,
  writerOn,
} from './global-cluster.ts';

/** A change that was accepted shows within this time. */
const SHOWS_WITHIN_MS = 30_000;

/** Moves the writer of a healthy Aurora global database to its other cluster: Aurora brings everything over before it does. */
export const switchOverGlobalCluster = defineStep<GlobalTarget, GlobalWriter>({
  kind: 'rds.switch-over-global-cluster',
  params: globalCluster,
  given: given(
    z.strictObject({ to: side.default('recovery').describe('The side that is to take the writes.') }),
    ({ to }, around) => globalClusterOf(to, around),
  ),
  needs: (target) => [globalClusterNeed(target, { writes: false, now: true })],
  alters: (target) => [things.globalCluster(target.globalCluster)],
  plane: 'control',
  title: ({ globalCluster: id, cluster }) => `Switch ${id} over to ${cluster}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', 'rds:SwitchoverGlobalCluster'],
  permissions: (target, account) =>
    globalClusterPermissions(
      ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', 'rds:SwitchoverGlobalCluster'],
      target,
      account,
    ),
  command: (target) => commandFor(target),
  usuallyMs: () => 75_000,
  observe: lookBeforeMove,

  async apply(target, context) {
    await mustHaveInstance(target, context);
    await switchOver(target, context);
    return undefined;
  },
  async settle(target, context) {
    await untilWriter(target, context);
    return writerOn(target, context);
  },

  async undo(target, context, { state }) {
    if ((state as { writer: string | null }).writer === target.arn) return;
    if (!(await hasMoved(target, context))) return;
    const back = seenFromOther(target);
    await switchOver(back, context);
    await untilWriter(back, context);
  },
  undoCommand: (target) => commandFor(seenFromOther(target)),
});

const commandFor = ({ region, globalCluster: id, arn }: GlobalTarget): string =>
  `aws rds switchover-global-cluster --region ${region} --global-cluster-identifier ${id} --target-db-cluster-identifier ${arn}`;

const switchOver = ({ region, globalCluster: id, arn }: GlobalTarget, { aws }: StepContext) =>
  aws.call('rds', region, 'SwitchoverGlobalCluster', {
    GlobalClusterIdentifier: id,
    TargetDbClusterIdentifier: arn,
  });

/** Whether what was asked for has happened; what is on its way is waited for, as nothing else is taken meanwhile. */
async function hasMoved(target: GlobalTarget, context: StepContext): Promise<boolean> {
  const fromMs = context.clock.nowMs();
  return until(context, async () => {
    const found = await globalClusterNow(target, context);
    if (found.Status !== 'available' || found.FailoverState?.Status !== undefined) return undefined;
    return writerOf(found) === target.arn || (context.clock.nowMs() - fromMs > SHOWS_WITHIN_MS ? false : undefined);
  });
}
