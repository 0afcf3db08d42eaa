import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { Aws } from '../aws/aws.ts';
import { listOf } from '../aws/pages.ts';
import { type Found, nothingFound } from './draft.ts';

/** The replication group of the primary region, and the one that follows it in a global datastore. */
export async function findCache(
  aws: Aws,
  { primary, recovery }: { primary: string; recovery: string },
): Promise<Found> {
  const groupsIn = (region: string): Promise<ReplicationGroup[]> =>
    listOf(aws, 'elasticache', region, 'DescribeReplicationGroups', 'ReplicationGroups', {});
  const datastoreOf = (one: ReplicationGroup) => one.GlobalReplicationGroupInfo?.GlobalReplicationGroupId;
  const here = await groupsIn(primary);
  const leading = here.find((one) => datastoreOf(one) !== undefined) ?? here[0];
  if (!leading) return { ...nothingFound(), absent: [['cache']] };
  const datastore = datastoreOf(leading);
  const following =
    datastore === undefined ? undefined : (await groupsIn(recovery)).find((one) => datastoreOf(one) === datastore);
  const why = 'not part of what ElastiCache says of a replication group';
  const group = (side: string, one: ReplicationGroup): Found['values'] => [
    [['cache', side, 'replicationGroup'], one.ReplicationGroupId],
    [['cache', side, 'nodeType'], one.CacheNodeType],
    [['cache', side, 'nodes'], one.MemberClusters?.length ?? 1],
  ];
  const groupsOf = (side: string): Found['unknown'] => [
    [['cache', side, 'parameterGroup'], why],
    [['cache', side, 'subnetGroup'], why],
  ];
  return {
    values: [
      ...group('primary', leading),
      ...(following ? group('recovery', following) : []),
      ...(following ? ([[['cache', 'globalDatastore'], datastore]] as Found['values']) : []),
      [['cache', 'snapshots', 'window'], leading.SnapshotWindow?.slice(0, 5) ?? '00:00'],
      [['cache', 'snapshots', 'retention'], `${leading.SnapshotRetentionLimit ?? 0} d`],
    ],
    unknown: [...groupsOf('primary'), ...(following ? groupsOf('recovery') : [])],
    absent: following
      ? []
      : [
          ['cache', 'recovery'],
          ['cache', 'globalDatastore'],
        ],
  };
}
