import type { Topology } from '../../drill/topology.ts';
import { drain, schedule } from '../kubernetes/schedule.ts';
import type { NodeGroup, Size, Update } from '../state.ts';
import { always, at } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';

export function newNodeGroups({ regions, kubernetes }: Topology, startMs: number): NodeGroup[] {
  const group = (region: string, { cluster, nodegroup, nodes }: Topology['kubernetes']['primary']): NodeGroup => ({
    region,
    cluster,
    name: nodegroup,
    version: '1.33',
    controlPlane: { status: 'ACTIVE', version: '1.33' },
    instanceTypes: ['m6i.xlarge'],
    size: { ...nodes },
    status: always('ACTIVE'),
    nodes: Array.from({ length: nodes.desired }, (_, index) => ({
      name: nodeName(region, index),
      joinsMs: startMs - DAY,
      readyMs: startMs - DAY,
      goneMs: null,
    })),
    updates: [],
  });
  return [group(regions.primary, kubernetes.primary), group(regions.recovery, kubernetes.recovery)];
}

const DAY = 86_400_000;

const nodeName = (region: string, index: number): string =>
  `ip-10-${region.length}-${index >> 6}-${10 + index}.${region}.compute.internal`;

/** Asks for a size: nodes come one by one, as many as the region can still give, or the newest go. */
export function resize(world: World, group: NodeGroup, size: Size, token: string | null): Update {
  const nowMs = world.clock.nowMs();
  const capacity = group.region === world.topology.regions.recovery ? world.simulation.nodes.capacity : undefined;
  const there = group.nodes.filter(({ goneMs }) => goneMs === null);
  const target = Math.max(Math.min(size.desired, capacity ?? size.desired), Math.min(there.length, size.desired));
  const endMs = nowMs + Math.round(world.durations.nodegroupUpdate(nextDraw(world, `update/${group.name}`)));
  const short = size.desired - target;
  const id = `${group.name}-update-${group.updates.length + 1}`;
  const update = { id, token, createdMs: nowMs, endMs, short, size };
  // Once degraded, only a scale-out that succeeds heals it; scaled in, it stays so.
  const degraded = short > 0 || (at(group.status, nowMs) === 'DEGRADED' && target <= there.length);
  group.size = size;
  group.updates.push(update);
  group.status.push([nowMs, 'UPDATING'], [endMs, degraded ? 'DEGRADED' : 'ACTIVE']);
  if (target > there.length) launch(world, group, target - there.length);
  for (const node of there.slice(target)) node.goneMs = nowMs + world.durations.nodeDraining;
  if (target < there.length) drain(world, group.region, nowMs + world.durations.nodeDraining);
  schedule(world, group.region);
  return update;
}

function launch(world: World, group: NodeGroup, count: number): void {
  const nowMs = world.clock.nowMs();
  const takes = Array.from({ length: count }, (_, index) =>
    world.durations.node(world.draw(`node/${group.name}/${group.nodes.length + index}`)),
  ).sort((a, b) => a - b);
  const wanted = world.simulation.nodes.takes;
  // Told how long all take, the last is ready just then and the others keep their distance to it.
  const scale = wanted === undefined ? 1 : wanted / (takes.at(-1) ?? 1);
  for (const tookMs of takes) {
    const readyMs = nowMs + Math.round(tookMs * scale);
    const name = nodeName(group.region, group.nodes.length);
    group.nodes.push({ name, joinsMs: Math.max(nowMs, readyMs - world.durations.nodeJoining), readyMs, goneMs: null });
  }
}
