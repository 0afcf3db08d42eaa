import * as z from 'zod';
import { snapshotName } from '../../../drill/names.ts';
import { given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { isChosen, snapshotPatterns } from '../../rds/snapshots.ts';
import { NIGHTLY, type SnapshotType, snapshotType } from '../../recovery-point.ts';
import { clusterSnapshotArn, clusterSnapshots } from './cluster-snapshot.ts';
import { engineNamed } from './global-cluster.ts';
import {
  likeItsNeighbour,
  observeRestoredCluster,
  restoredCluster,
  restoredClusterAlters,
  restoredClusterGiven,
  restoredClusterNeeds,
  restoredClusterOf,
  restoredClusterOptions,
  restoredClusterPermissions,
  untilClusterAvailable,
} from './restored-cluster.ts';

const params = restoredCluster.extend({
  snapshot: z.string(),
  /** Who may have made it, where it is not known before the run. */
  types: z.array(snapshotType).optional(),
});

/** Makes a new cluster from a snapshot, beside the global database. It has no instance yet. */
export const restoreClusterFromSnapshot = defineStep<z.output<typeof params>>({
  kind: 'rds.restore-cluster-from-snapshot',
  params,
  given: given(
    restoredClusterGiven.extend({
      snapshot: snapshotName.optional().describe('The name of the snapshot, if it is known before the run.'),
    }),
    ({ snapshot, point, ...asked }, around) => ({
      ...restoredClusterOf(asked, around),
      snapshot: snapshot ?? around.result(point, { id: '<newest snapshot>' }).id,
      types: around.asked<{ types: SnapshotType[] }>(point).types,
    }),
  ),
  needs: restoredClusterNeeds,
  alters: restoredClusterAlters,
  plane: 'control',
  restores: true,
  title: ({ snapshot, identifier }) => `Restore ${snapshot} as ${identifier}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBClusters', 'rds:RestoreDBClusterFromSnapshot'],
  permissions: (target, account) =>
    restoredClusterPermissions(
      target,
      account,
      'rds:RestoreDBClusterFromSnapshot',
      isChosen(target.snapshot)
        ? [clusterSnapshotArn(target.region, account, target.snapshot)]
        : snapshotPatterns(clusterSnapshots, { ...target, account, of: target.source, types: target.types ?? NIGHTLY }),
    ),
  command: (target) =>
    `aws rds restore-db-cluster-from-snapshot --region ${target.region} --snapshot-identifier ${target.snapshot} --db-cluster-identifier ${target.identifier} --engine ${engineNamed(target.engine)} ${restoredClusterOptions(target)}`,
  doneWhen: ({ identifier }) => `${identifier} is available.`,
  usuallyMs: () => 240_000,
  observe: observeRestoredCluster,
  async apply(target, context) {
    await context.aws.call('rds', target.region, 'RestoreDBClusterFromSnapshot', {
      ...(await likeItsNeighbour(target, context)),
      SnapshotIdentifier: target.snapshot,
      Engine: engineNamed(target.engine),
    });
    return undefined;
  },
  settle: untilClusterAvailable,
});
