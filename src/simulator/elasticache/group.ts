import type { ElasticacheGlobal as Described } from '../../components/elasticache-global/schema.ts';
import { componentsOf } from '../../drill/components.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { dnsSuffixOf } from '../../partition.ts';
import { awsError } from '../faults.ts';
import type { Cache, CacheGroup, GlobalDatastore } from '../stores-state.ts';
import { always, at, moving } from '../timeline.ts';
import type { World } from '../world.ts';

const DAY = 86_400_000;

/** The replication groups that the topology names, and the global datastores that join them. */
export function newCache(topology: Topology, { cache }: Simulation, startMs: number): Cache {
  const components = componentsOf(topology, 'elasticache-global');
  return {
    groups: components.flatMap((one) => groupsOf(topology, one, cache, startMs)),
    snapshots: [],
    datastores: components.flatMap((one) => datastoreOf(topology, one, cache)),
    written: [],
  };
}

function groupsOf(
  { regions }: Topology,
  { primary, recovery, snapshots }: Described,
  { status }: Simulation['cache'],
  startMs: number,
): CacheGroup[] {
  const retentionDays = Math.max(1, Math.round(snapshots.retention / DAY));
  const snapshotWindow = snapshots.window;
  const kept = { createdMs: startMs - 400 * DAY, snapshotRetentionDays: retentionDays, snapshotWindow };
  return [
    newGroup(primary, regions.primary, { ...kept, status: always(status.primary ?? 'available') }),
    ...(recovery
      ? [
          newGroup(recovery, regions.recovery, {
            createdMs: startMs - 300 * DAY,
            snapshotWindow,
            status: always(status.recovery ?? 'available'),
          }),
        ]
      : []),
  ];
}

function datastoreOf(
  { regions }: Topology,
  { primary, recovery, globalDatastore }: Described,
  { detached }: Simulation['cache'],
): GlobalDatastore[] {
  if (!globalDatastore || !recovery) return [];
  const member = (region: string, group: string, role: 'PRIMARY' | 'SECONDARY') => ({
    region,
    group,
    role: always(role),
    status: always<string | null>('associated'),
  });
  const members = [
    member(regions.primary, primary.replicationGroup, 'PRIMARY'),
    ...(detached ? [] : [member(regions.recovery, recovery.replicationGroup, 'SECONDARY')]),
  ];
  return [{ id: globalDatastore, status: always('available'), members }];
}

export function newGroup(described: Described['primary'], region: string, more: Partial<CacheGroup>): CacheGroup {
  return {
    identifier: described.replicationGroup,
    region,
    description: described.replicationGroup,
    nodeType: described.nodeType,
    nodes: described.nodes,
    parameterGroup: described.parameterGroup,
    subnetGroup: described.subnetGroup,
    engine: 'redis',
    engineVersion: '7.1.0',
    multiAz: described.nodes > 1,
    snapshotRetentionDays: 0,
    snapshotWindow: '00:00',
    createdMs: 0,
    status: always('available'),
    copy: null,
    ...more,
  };
}

/** The group of that name, if there is one now; ElastiCache keeps names in lower case. */
export function groupIn(world: World, region: string, identifier: string | undefined): CacheGroup | undefined {
  const nowMs = world.clock.nowMs();
  const name = identifier?.toLowerCase();
  return world.cache.groups.findLast(
    (one) => one.region === region && one.identifier === name && at(one.status, nowMs) !== null,
  );
}

export function foundGroup(world: World, region: string, identifier: string | undefined): CacheGroup {
  const group = groupIn(world, region, identifier);
  if (group) return group;
  throw awsError('ReplicationGroupNotFoundFault', `ReplicationGroup ${identifier} not found.`, 404);
}

/** Whether a group may be changed now: a change under way counts although its status does not show it yet. */
export function mustBeAvailable(world: World, { identifier, status }: CacheGroup): void {
  const nowMs = world.clock.nowMs();
  if (at(status, nowMs) === 'available' && !moving(status, nowMs)) return;
  throw awsError('InvalidReplicationGroupStateFault', `Replication group ${identifier} is not in available state.`);
}

/** The names of its nodes: the first is the primary, as long as nobody fails over inside the region. */
export const nodesOf = ({ identifier, nodes }: CacheGroup): string[] =>
  Array.from({ length: nodes }, (_, index) => `${identifier}-${String(index + 1).padStart(3, '0')}`);

/** What represents a region in the names of endpoints: `apne1` for ap-northeast-1. */
function shortRegion(region: string): string {
  const [area = '', direction = '', number = ''] = region.split('-');
  return `${area}${(direction.match(/north|south|east|west|central/g) ?? []).map((word) => word[0]).join('')}${number}`;
}

/** The host of one of a group's endpoints. */
export const hostOf = (first: string, { identifier, region }: Pick<CacheGroup, 'identifier' | 'region'>): string =>
  `${first}.${identifier}.abc123.${shortRegion(region)}.cache.${dnsSuffixOf(region)}`;

export const primaryHostOf = (group: Pick<CacheGroup, 'identifier' | 'region'>): string => hostOf('master', group);
