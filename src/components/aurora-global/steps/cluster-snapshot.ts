import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { isArn, regionalArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';
import { clusterArn } from '../../rds/cluster.ts';
import { type Snapshots, typeIn } from '../../rds/snapshots.ts';
import { NIGHTLY, type SnapshotType } from '../../recovery-point.ts';

/** A snapshot of a cluster as RDS describes it; `undefined` where there is none of that name. */
export async function findClusterSnapshot(
  { aws }: Pick<StepContext, 'aws'>,
  region: string,
  identifier: string,
): Promise<DBClusterSnapshot | undefined> {
  try {
    const type = typeIn(identifier);
    const asked = { DBClusterSnapshotIdentifier: identifier, ...(type && { SnapshotType: type }) };
    return (await listOf(aws, 'rds', region, 'DescribeDBClusterSnapshots', 'DBClusterSnapshots', asked))[0];
  } catch (error) {
    if (isAwsError(error, 'DBClusterSnapshotNotFound')) return undefined;
    throw error;
  }
}

/**
 * The newest snapshot of a cluster that can be restored; `undefined` where there is none. A copy tells only when it was copied, so nobody
 * knows how old its data is: it does not count.
 */
export async function newestClusterSnapshot(
  region: string,
  cluster: string,
  { aws }: Pick<StepContext, 'aws'>,
  types: readonly SnapshotType[] = NIGHTLY,
): Promise<{ id: string; arn: string | undefined; timeMs: number } | undefined> {
  const found = await Promise.all(
    types.map(async (type) => {
      const asked = { DBClusterIdentifier: cluster, SnapshotType: type };
      const listed = await listOf(aws, 'rds', region, 'DescribeDBClusterSnapshots', 'DBClusterSnapshots', asked);
      return (
        listed
          .filter((one) => one.Status === 'available' && one.SourceDBClusterSnapshotArn === undefined)
          // What an old writer held at a failover is no state of the data that continues.
          .filter((one) => !isOfOldWriter(one))
          .map((one) => ({
            // What another account shares is known by its ARN only.
            id: (type === 'shared' ? one.DBClusterSnapshotArn : one.DBClusterSnapshotIdentifier) ?? '',
            arn: one.DBClusterSnapshotArn,
            timeMs: one.SnapshotCreateTime?.getTime() ?? 0,
          }))
      );
    }),
  );
  return found.flat().sort((a, b) => b.timeMs - a.timeMs)[0];
}

const isOfOldWriter = ({ DBClusterSnapshotIdentifier: id = '' }: DBClusterSnapshot): boolean =>
  id.startsWith('rds:unplanned-global-failover-');

/** The newest snapshot in which Aurora keeps what a cluster held as another one took over from it; `undefined` where there is none. */
export async function snapshotOfOldWriter(
  region: string,
  cluster: string,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<DBClusterSnapshot | undefined> {
  const asked = { DBClusterIdentifier: cluster };
  const listed = await listOf(aws, 'rds', region, 'DescribeDBClusterSnapshots', 'DBClusterSnapshots', asked);
  const takenMs = ({ SnapshotCreateTime: taken }: DBClusterSnapshot) => taken?.getTime() ?? 0;
  return listed.filter(isOfOldWriter).sort((one, other) => takenMs(other) - takenMs(one))[0];
}

export const clusterSnapshotArn = (region: string, account: string, identifier: string): string =>
  isArn(identifier)
    ? identifier
    : regionalArn({ service: 'rds', region, account, resource: `cluster-snapshot:${identifier}` });

/** Snapshots of clusters. */
export const clusterSnapshots: Snapshots<DBClusterSnapshot> = {
  sourceType: 'db-cluster-snapshot',
  find: findClusterSnapshot,
  arn: clusterSnapshotArn,
};

/** Looking for the newest snapshot of a cluster, and at the cluster itself. */
export const backupPermissions = (region: string, account: string, cluster: string): Permission[] => [
  { action: 'rds:DescribeDBClusters', resource: clusterArn(region, account, cluster) },
  { action: 'rds:DescribeDBClusterSnapshots', resource: clusterArn(region, account, cluster) },
  { action: 'rds:DescribeDBClusterSnapshots', resource: clusterSnapshotArn(region, account, '*') },
];
