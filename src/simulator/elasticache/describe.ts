import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import { regionalArn } from '../../arn.ts';
import type { CacheGroup } from '../stores-state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { datastoreWith, membershipOf } from './datastore.ts';
import { hostOf, nodesOf } from './group.ts';

const PORT = 6379;

/** A group as ElastiCache describes it: one shard, cluster mode disabled. */
export function describe(world: World, group: CacheGroup): ReplicationGroup {
  const nowMs = world.clock.nowMs();
  const status = at(group.status, nowMs) ?? 'deleting';
  const several = group.nodes > 1;
  const Role = membershipOf(world, group);
  const datastore = datastoreWith(world, group);
  return {
    ReplicationGroupId: group.identifier,
    Description: group.description,
    ARN: regionalArn({
      service: 'elasticache',
      region: group.region,
      account: world.topology.account,
      resource: `replicationgroup:${group.identifier}`,
    }),
    Status: status,
    PendingModifiedValues: {},
    GlobalReplicationGroupInfo: Role
      ? { GlobalReplicationGroupId: datastore?.id, GlobalReplicationGroupMemberRole: Role }
      : {},
    MemberClusters: nodesOf(group),
    NodeGroups: [nodeGroup(group, status)],
    AutomaticFailover: several ? 'enabled' : 'disabled',
    MultiAZ: group.multiAz ? 'enabled' : 'disabled',
    SnapshotRetentionLimit: group.snapshotRetentionDays,
    SnapshotWindow: windowOf(group),
    ClusterEnabled: false,
    CacheNodeType: group.nodeType,
    Engine: group.engine,
    AuthTokenEnabled: false,
    TransitEncryptionEnabled: true,
    AtRestEncryptionEnabled: true,
    ReplicationGroupCreateTime: new Date(group.createdMs),
    AutoMinorVersionUpgrade: true,
  };
}

/** There is no endpoint before there is a node behind it. */
function nodeGroup(group: CacheGroup, Status: string) {
  const { region } = group;
  if (Status === 'creating' || Status === 'create-failed') return { NodeGroupId: '0001', Status };
  const endpoint = (first: string) => ({ Address: hostOf(first, group), Port: PORT });
  return {
    NodeGroupId: '0001',
    Status,
    PrimaryEndpoint: endpoint('master'),
    ReaderEndpoint: endpoint('replica'),
    NodeGroupMembers: nodesOf(group).map((name, index) => ({
      CacheClusterId: name,
      CacheNodeId: '0001',
      ReadEndpoint: endpoint(name),
      PreferredAvailabilityZone: `${region}${'abc'[index % 3]}`,
      CurrentRole: index === 0 ? 'primary' : 'replica',
    })),
  };
}

/** Its nodes. ElastiCache calls each of them a cluster. */
export function describeNodes(world: World, group: CacheGroup) {
  const status = at(group.status, world.clock.nowMs()) ?? 'deleting';
  return nodesOf(group).map((CacheClusterId) => ({
    CacheClusterId,
    ReplicationGroupId: group.identifier,
    CacheNodeType: group.nodeType,
    Engine: group.engine,
    EngineVersion: group.engineVersion,
    CacheClusterStatus: status,
    NumCacheNodes: 1,
    CacheParameterGroup: { CacheParameterGroupName: group.parameterGroup, ParameterApplyStatus: 'in-sync' },
    CacheSubnetGroupName: group.subnetGroup,
    CacheClusterCreateTime: new Date(group.createdMs),
  }));
}

/** The hour in which the automatic snapshot is taken. */
export function windowOf({ snapshotWindow: from }: CacheGroup): string {
  const until = String((Number(from.slice(0, 2)) + 1) % 24).padStart(2, '0');
  return `${from}-${until}${from.slice(2)}`;
}
