import * as z from 'zod';
import { given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { things } from '../needs.ts';
import {
  type GlobalTarget,
  type GlobalWriter,
  globalCluster,
  globalClusterNeed,
  globalClusterOf,
  globalClusterPermissions,
  lookBeforeMove,
  mustHaveInstance,
  untilWriter,
  writerOn,
} from './global-cluster.ts';

/** Makes the other cluster of an Aurora global database the writer, without waiting for what it has not got yet. */
export const failOverGlobalCluster = defineStep<GlobalTarget, GlobalWriter>({
  kind: 'rds.fail-over-global-cluster',
  params: globalCluster,
  given: given(
    z.strictObject({ to: side.default('recovery').describe('The side that is to take the writes.') }),
    ({ to }, around) => globalClusterOf(to, around),
  ),
  needs: (target) => [globalClusterNeed(target, { writes: false, now: true })],
  alters: (target) => [things.globalCluster(target.globalCluster)],
  plane: 'control',
  title: ({ globalCluster: id, cluster }) => `Fail ${id} over to ${cluster}, allowing data loss`,
  region: ({ region }) => region,
  calls: ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', 'rds:FailoverGlobalCluster'],
  permissions: (target, account) =>
    globalClusterPermissions(
      ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', 'rds:FailoverGlobalCluster'],
      target,
      account,
    ),
  command: ({ region, globalCluster: id, arn }) =>
    `aws rds failover-global-cluster --region ${region} --global-cluster-identifier ${id} --target-db-cluster-identifier ${arn} --allow-data-loss`,
  usuallyMs: () => 75_000,
  pointOfNoReturn: 'what the other region has not received by then is lost, whatever is done afterwards',
  observe: lookBeforeMove,

  async apply(target, context) {
    await mustHaveInstance(target, context);
    const { region, globalCluster: id, arn } = target;
    await context.aws.call('rds', region, 'FailoverGlobalCluster', {
      GlobalClusterIdentifier: id,
      TargetDbClusterIdentifier: arn,
      AllowDataLoss: true,
    });
    return undefined;
  },
  async settle(target, context) {
    await untilWriter(target, context);
    return writerOn(target, context);
  },
});
