import { componentsOf } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import { PODS_PER_NODE, podsAtRest, SIDES } from '../kubernetes/place.ts';
import { drain, schedule } from '../kubernetes/schedule.ts';
import type { NodeGroup, Size, Update } from '../state.ts';
import { always, at } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { capacityOf, launch, nodesFromLongAgo, seriesOfGroup } from './nodes.ts';
import { guaranteedTo } from './reservations.ts';

/** Every node group that the topology names: several computes may share one. */
export function newNodeGroups(topology: Topology, startMs: number): NodeGroup[] {
  const groups: NodeGroup[] = [];
  for (const compute of componentsOf(topology, 'eks')) {
    for (const side of SIDES) {
      const region = topology.regions[side];
      const { cluster, nodegroup: name, nodes } = compute[side];
      const isKnown = groups.some((one) => one.region === region && one.cluster === cluster && one.name === name);
      if (name === undefined || isKnown) continue;
      const size = { ...(nodes ?? enoughFor(podsAtRest(compute, side))) };
      groups.push({
        region,
        cluster,
        name,
        version: '1.33',
        instanceTypes: ['m6i.xlarge'],
        size,
        status: always('ACTIVE'),
        nodes: nodesFromLongAgo(seriesOfGroup({ region }, groups), size.desired, startMs),
        updates: [],
      });
    }
  }
  return groups;
}

/** Where the topology does not say how many nodes a group has. */
function enoughFor(pods: number): Size {
  const desired = Math.max(1, Math.ceil(pods / PODS_PER_NODE));
  return { min: 1, desired, max: 10 * desired };
}

/** Asks for a size: nodes come one by one, as many as the region can still give, or the newest go. */
export function resize(world: World, group: NodeGroup, size: Size, token: string | null): Update {
  const nowMs = world.clock.nowMs();
  const capacity = capacityOf(world, group.region);
  const there = group.nodes.filter(({ goneMs }) => goneMs === null);
  // A region that has no more gives at least what is reserved.
  const given = Math.max(capacity ?? size.desired, there.length + guaranteedTo(world, group));
  const target = Math.max(Math.min(size.desired, given), Math.min(there.length, size.desired));
  const endMs = nowMs + Math.round(world.durations.nodegroupUpdate(nextDraw(world, `update/${group.name}`)));
  const short = size.desired - target;
  const id = `${group.name}-update-${group.updates.length + 1}`;
  const update = { id, token, createdMs: nowMs, endMs, short, size };
  // Once degraded, only a scale-out that succeeds heals it; scaled in, it stays so.
  const degraded = short > 0 || (at(group.status, nowMs) === 'DEGRADED' && target <= there.length);
  group.size = size;
  group.updates.push(update);
  group.status.push([nowMs, 'UPDATING'], [endMs, degraded ? 'DEGRADED' : 'ACTIVE']);
  if (target > there.length) {
    const series = seriesOfGroup(group, world.nodeGroups.slice(0, world.nodeGroups.indexOf(group)));
    launch(world, group.nodes, { series, of: group.name }, target - there.length);
  }
  for (const node of there.slice(target)) node.goneMs = nowMs + world.durations.nodeDraining;
  if (target < there.length) drain(world, group, nowMs + world.durations.nodeDraining);
  schedule(world, group);
  return update;
}
