import type { CacheCluster, ReplicationGroup } from '@aws-sdk/client-elasticache';
import { listOf } from '../../aws/pages.ts';
import { commonName, type Discover, plainName, supposed, told, without } from '../discovery.ts';

const NOT_SAID = 'ElastiCache does not say it';

/** Every cache of the primary region that a global datastore joins with the recovery region, and every one that keeps snapshots. */
export const discoverCaches: Discover<'elasticache-global'> = async (aws, { primary, recovery }) => {
  const [here = [], there = []] = await Promise.all(
    [primary, recovery].map((region) =>
      listOf(aws, 'elasticache', region, 'DescribeReplicationGroups', 'ReplicationGroups', {}),
    ),
  );
  const described = here
    .map((leading) => ({ leading, following: there.find((one) => isJoined(leading, one)) }))
    .filter(({ leading, following }) => following !== undefined || (leading.SnapshotRetentionLimit ?? 0) > 0);
  const members =
    described.length === 0
      ? []
      : await Promise.all(
          [primary, recovery].map((region) =>
            listOf(aws, 'elasticache', region, 'DescribeCacheClusters', 'CacheClusters', {}),
          ),
        );
  return {
    found: described.map(({ leading, following }) => ({
      id: following
        ? commonName(leading.ReplicationGroupId, following.ReplicationGroupId)
        : plainName(leading.ReplicationGroupId ?? ''),
      component: {
        kind: 'elasticache-global' as const,
        primary: group(leading, members[0] ?? []),
        ...(following && {
          recovery: group(following, members[1] ?? []),
          globalDatastore: isPrimary(leading)
            ? datastoreOf(leading)
            : supposed(
                datastoreOf(leading),
                `whether the regions are the right way round; its primary is not in ${primary}`,
              ),
        }),
        snapshots: {
          window: told(leading.SnapshotWindow?.slice(0, 5), NOT_SAID),
          retention: `${leading.SnapshotRetentionLimit ?? 0} d`,
        },
      },
    })),
    passedOver: without(
      `caches of ${primary} that keep no snapshots and are in no global datastore with ${recovery}`,
      here
        .filter((one) => !described.some(({ leading }) => leading === one))
        .map(({ ReplicationGroupId }) => ReplicationGroupId),
    ),
  };
};

const isJoined = (one: ReplicationGroup, other: ReplicationGroup): boolean =>
  datastoreOf(one) !== undefined && datastoreOf(one) === datastoreOf(other);

const datastoreOf = (one: ReplicationGroup) => one.GlobalReplicationGroupInfo?.GlobalReplicationGroupId;

const isPrimary = ({ GlobalReplicationGroupInfo: info }: ReplicationGroup): boolean =>
  info?.GlobalReplicationGroupMemberRole === 'PRIMARY';

function group(one: ReplicationGroup, members: readonly CacheCluster[]) {
  const member = members.find(({ ReplicationGroupId }) => ReplicationGroupId === one.ReplicationGroupId);
  return {
    replicationGroup: told(one.ReplicationGroupId, NOT_SAID),
    nodeType: told(one.CacheNodeType, NOT_SAID),
    nodes: one.MemberClusters?.length ?? 1,
    parameterGroup: told(member?.CacheParameterGroup?.CacheParameterGroupName, NOT_SAID),
    subnetGroup: told(member?.CacheSubnetGroupName, NOT_SAID),
  };
}
