import * as z from 'zod';
import { nameIn } from '../../../arn.ts';
import { given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import {
  apartFrom,
  type GlobalTarget,
  globalCluster,
  globalClusterNeed,
  globalClusterNow,
  globalClusterOf,
  globalClusterPermissions,
  writerOf,
} from './global-cluster.ts';

/** Sees that the global database is as it was: a drill beside it has not touched it. */
export const verifyGlobalCluster = defineStep<GlobalTarget>({
  kind: 'rds.verify-global-cluster',
  params: globalCluster,
  given: given(z.strictObject({}), (_, around) => globalClusterOf('primary', around)),
  needs: (target) => [globalClusterNeed(target, { writes: true })],
  plane: 'control',
  title: ({ globalCluster: id }) => `Check that ${id} is as it was`,
  region: ({ region }) => region,
  calls: ['rds:DescribeGlobalClusters'],
  permissions: (target, account) => globalClusterPermissions(['rds:DescribeGlobalClusters'], target, account),
  command: ({ region, globalCluster: id }) =>
    `aws rds describe-global-clusters --region ${region} --global-cluster-identifier ${id}`,
  doneWhen: () => 'Every member is available, and the writer is the expected one.',
  usuallyMs: () => 300,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const found = await globalClusterNow(target, context);
    const note = (check: string, wrong: string | undefined) =>
      context.record({
        type: 'check',
        check,
        layer: 'verification',
        critical: true,
        ok: wrong === undefined,
        detail: wrong ?? 'as it was',
      });
    const writer = writerOf(found);
    note('writer-untouched', writer === target.arn ? undefined : `${nameIn(writer ?? 'no cluster')} takes the writes`);
    const apart = apartFrom(target, found);
    note('replica-untouched', apart.length === 0 ? undefined : `${apart.join(', ')} no longer follows`);
    return null;
  },
});
