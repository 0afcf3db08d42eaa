import { alive } from '../kubernetes/deployment.ts';
import { PODS_PER_NODE } from '../kubernetes/place.ts';
import { drain, isConsumer, schedule } from '../kubernetes/schedule.ts';
import type { NodeGroup } from '../state.ts';
import type { World } from '../world.ts';
import { launch, seriesOfGroup } from './nodes.ts';

/**
 * Brings the node groups of a cluster to where Cluster Autoscaler, or Karpenter's consolidation, has them by now: as many nodes as its pods need,
 * within the group's minimum and maximum, once the last update is so long ago.
 */
export function autoscaleNodes(world: World, { region, cluster }: Pick<NodeGroup, 'region' | 'cluster'>): void {
  const { autoscaler } = world.simulation.nodes;
  if (!autoscaler) return;
  const nowMs = world.clock.nowMs();
  for (const group of world.nodeGroups.filter((one) => one.region === region && one.cluster === cluster)) {
    const endedMs = group.updates.at(-1)?.endMs;
    if (endedMs === undefined || nowMs < endedMs + autoscaler.after) continue;
    const pods = world.deployments
      .filter((one) => one.region === region && one.cluster === cluster && !isConsumer(world, one))
      .flatMap((one) => one.pods)
      .filter((pod) => pod.goneMs === null && alive(pod, nowMs)).length;
    const { min, max, desired } = group.size;
    const wanted = Math.min(max, Math.max(min, Math.ceil(pods / PODS_PER_NODE)));
    if (wanted !== desired) change(world, group, wanted);
  }
}

/** It sets the desired size of the Auto Scaling group itself: EKS tells of no update. */
function change(world: World, group: NodeGroup, desired: number): void {
  const nowMs = world.clock.nowMs();
  group.size = { ...group.size, desired };
  const there = group.nodes.filter(({ goneMs }) => goneMs === null);
  for (const node of there.slice(desired)) node.goneMs = nowMs + world.durations.nodeDraining;
  if (desired < there.length) drain(world, group, nowMs + world.durations.nodeDraining);
  const series = seriesOfGroup(group, world.nodeGroups.slice(0, world.nodeGroups.indexOf(group)));
  if (desired > there.length) launch(world, group.nodes, { series, of: group.name }, desired - there.length);
  schedule(world, group);
}
