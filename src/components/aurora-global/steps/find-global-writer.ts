import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import {
  type GlobalTarget,
  type GlobalWriter,
  globalCluster,
  globalClusterNeed,
  globalClusterNow,
  globalClusterOf,
  globalClusterPermissions,
  globalWriterByHand,
  writerOf,
  writerOn,
} from './global-cluster.ts';

/** Looks up the cluster that takes the writes of an Aurora global database now, and its address. */
export const findGlobalWriter = defineStep<GlobalTarget, GlobalWriter & { serves: true }>({
  kind: 'rds.find-global-writer',
  params: globalCluster,
  given: given(z.strictObject({ on: side.describe('The side that takes the writes.') }), ({ on }, around) =>
    globalClusterOf(on, around),
  ),
  needs: (target) => [globalClusterNeed(target, { writes: true })],
  plane: 'control',
  title: ({ cluster }) => `Find the writer ${cluster}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters'],
  permissions: (target, account) =>
    globalClusterPermissions(['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters'], target, account),
  command: ({ region, cluster }) =>
    `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster} --query 'DBClusters[0].[Endpoint]'`,
  byHand: { gives: globalWriterByHand },
  doneWhen: () => 'The command prints an address.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const found = await globalClusterNow(target, context);
    if (writerOf(found) === target.arn) return { ...(await writerOn(target, context)), serves: true };
    throw new DrillError('not-the-writer', `${target.cluster} does not take the writes of ${target.globalCluster}.`, {
      hint: 'See which region serves: aws rds describe-global-clusters.',
    });
  },
});
