import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import { regionalArn } from '../../arn.ts';
import { dnsSuffixOf } from '../../partition.ts';
import type { CacheGroup } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { membershipOf } from './datastore.ts';
import { nodesOf, shortRegion } from './group.ts';

const PORT = 6379;

/** A group as ElastiCache describes it: one shard, cluster mode disabled. */
export function describe(world: World, group: CacheGroup): ReplicationGroup {
  const nowMs = world.clock.nowMs();
  const status = at(group.status, nowMs) ?? 'deleting';
  const several = group.nodes > 1;
  const Role = membershipOf(world, group);
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
      ? { GlobalReplicationGroupId: world.cache.datastore?.id, GlobalReplicationGroupMemberRole: Role }
      : {},
    MemberClusters: nodesOf(group),
    NodeGroups: [nodeGroup(group, status)],
    AutomaticFailover: several ? 'enabled' : 'disabled',
    MultiAZ: group.multiAz ? 'enabled' : 'disabled',
    SnapshotRetentionLimit: group.snapshotRetentionDays,
    SnapshotWindow: windowOf(world),
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
  const { identifier, region } = group;
  if (Status === 'creating' || Status === 'create-failed') return { NodeGroupId: '0001', Status };
  const domain = `abc123.${shortRegion(region)}.cache.${dnsSuffixOf(region)}`;
  const endpoint = (host: string) => ({ Address: `${host}.${domain}`, Port: PORT });
  return {
    NodeGroupId: '0001',
    Status,
    PrimaryEndpoint: endpoint(`master.${identifier}`),
    ReaderEndpoint: endpoint(`replica.${identifier}`),
    NodeGroupMembers: nodesOf(group).map((name, index) => ({
      CacheClusterId: name,
      CacheNodeId: '0001',
      ReadEndpoint: endpoint(`${name}.${identifier}`),
      PreferredAvailabilityZone: `${region}${'abc'[index % 3]}`,
      CurrentRole: index === 0 ? 'primary' : 'replica',
    })),
  };
}

/** The hour in which the automatic snapshot is taken. */
export function windowOf(world: World): string {
  const from = windowFrom(world);
  const until = String((Number(from.slice(0, 2)) + 1) % 24).padStart(2, '0');
  return `${from}-${until}${from.slice(2)}`;
}

export const windowFrom = ({ topology }: World): string => topology.cache?.snapshots.window ?? '00:00';
