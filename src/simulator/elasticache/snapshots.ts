import type { Snapshot } from '@aws-sdk/client-elasticache';
import { regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { daily } from '../daily.ts';
import { awsError } from '../faults.ts';
import type { CacheGroup } from '../stores-state.ts';
import { at } from '../timeline.ts';
import { isDown, type World } from '../world.ts';
import { windowOf } from './describe.ts';
import { nodesOf } from './group.ts';
import { keysIn, sizeOf } from './keys.ts';

export const snapshots = {
  DescribeSnapshots(world: World, region: string, input: Input<'elasticache', 'DescribeSnapshots'>) {
    const { ReplicationGroupId, CacheClusterId, SnapshotName, SnapshotSource } = input;
    const sources: Record<string, string> = { system: 'automated', user: 'manual' };
    const found = snapshotsIn(world, region).filter(
      ({ name, group, taken }) =>
        (ReplicationGroupId === undefined || group.identifier === ReplicationGroupId) &&
        (CacheClusterId === undefined || nodeOf(group) === CacheClusterId) &&
        (SnapshotName === undefined || name === SnapshotName) &&
        (SnapshotSource === undefined || taken.source === (sources[SnapshotSource] ?? SnapshotSource)),
    );
    if (SnapshotName && found.length === 0) throw snapshotMissing(SnapshotName);
    return { Snapshots: found.map((one) => described(world, one)) };
  },
};

export const snapshotMissing = (name: string) =>
  awsError('SnapshotNotFoundFault', `${name} is either not present or not available.`, 404);

/** A snapshot that a region holds, of a group that need not be there any more. */
export interface Held {
  name: string;
  group: CacheGroup;
  taken: { atMs: number; source: 'automated' | 'manual' };
}

/** The snapshots that a region holds now, newest first. */
export function snapshotsIn(world: World, region: string): Held[] {
  const nowMs = world.clock.nowMs();
  const groups = world.cache.groups.filter((one) => one.region === region);
  const automated = groups
    .filter(({ status }) => at(status, nowMs) !== null)
    .flatMap((group) => automatic(world, group));
  const manual = world.cache.snapshots.flatMap(({ name, group: identifier, atMs }): Held[] => {
    const group = groups.findLast((one) => one.identifier === identifier);
    return group ? [{ name, group, taken: { atMs, source: 'manual' } }] : [];
  });
  return [...automated, ...manual].sort((a, b) => b.taken.atMs - a.taken.atMs);
}

/** One a day, for as many days as it is kept; none on a day on which the region was lost or the group not there. */
function automatic(world: World, group: CacheGroup): Held[] {
  const { snapshotsStopped } = world.simulation.cache;
  const lastMs = snapshotsStopped === undefined ? Number.POSITIVE_INFINITY : world.startMs - snapshotsStopped;
  return daily(group.snapshotWindow, group.snapshotRetentionDays, world.clock.nowMs())
    .filter((ms) => ms <= lastMs)
    .filter((ms) => ms > group.createdMs && !isDown(world, group.region, ms) && at(group.status, ms) === 'available')
    .map((ms) => ({ name: nameOf(group, ms), group, taken: { atMs: ms, source: 'automated' } }));
}

const nameOf = (group: CacheGroup, ms: number): string =>
  `automatic.${nodeOf(group)}-${new Date(ms).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;

/** A replica gives the snapshot, where there is one. */
const nodeOf = (group: CacheGroup): string => nodesOf(group).at(1) ?? nodesOf(group).join('');

/** Without cluster mode, a snapshot names the node that it was taken of, and not the group. */
function described(world: World, { name, group, taken }: Held): Snapshot {
  return {
    SnapshotName: name,
    ARN: regionalArn({
      service: 'elasticache',
      region: group.region,
      account: world.topology.account,
      resource: `snapshot:${name}`,
    }),
    CacheClusterId: nodeOf(group),
    SnapshotStatus: 'available',
    SnapshotSource: taken.source,
    CacheNodeType: group.nodeType,
    Engine: group.engine,
    EngineVersion: group.engineVersion,
    NumCacheNodes: 1,
    PreferredAvailabilityZone: `${group.region}a`,
    CacheClusterCreateTime: new Date(group.createdMs),
    Port: 6379,
    CacheParameterGroupName: group.parameterGroup,
    CacheSubnetGroupName: group.subnetGroup,
    AutoMinorVersionUpgrade: true,
    SnapshotRetentionLimit: group.snapshotRetentionDays,
    SnapshotWindow: windowOf(group),
    NodeSnapshots: [
      {
        CacheNodeId: '0001',
        CacheSize: sizeOf(keysIn(world, group, taken.atMs)),
        CacheNodeCreateTime: new Date(group.createdMs),
        SnapshotCreateTime: new Date(taken.atMs),
      },
    ],
  };
}
