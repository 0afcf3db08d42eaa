import { type ComponentOf, componentsOf } from '../../drill/components.ts';
import { calledBy } from '../../drill/deployments.ts';
import { clusterIn } from '../eks/cluster.ts';
import { nodesFromLongAgo, seriesOfCluster } from '../eks/nodes.ts';
import { producersEnvironment } from '../kafka/cluster.ts';
import type { Past } from '../past.ts';
import { environmentOf } from '../shop/stores.ts';
import type { Deployment, Node, Rollout } from '../state.ts';
import type { World } from '../world.ts';
import { deploymentIn } from './deployment.ts';
import { PODS_PER_NODE, placeOn, podsAtRest } from './place.ts';

const SECOND = 1_000;

/** Every compute is in the recovery region at full size. */
export function computesGrown(world: World, past: Past): void {
  for (const compute of componentsOf(world.topology, 'eks')) fullSize(world, compute, past);
}

/** The recovery region's nodes and pods are as many as the primary region had, and write where the writer is now. */
function fullSize(world: World, compute: ComponentOf<'eks'>, { promotedMs }: Past): void {
  const { topology } = world;
  const place = placeOn(topology, compute, 'recovery');
  const { nodegroup, failoverNodes } = compute.recovery;
  const group = world.nodeGroups.find(
    (one) => one.region === place.region && one.cluster === place.cluster && one.name === nodegroup,
  );
  if (group && failoverNodes) {
    group.size = { ...failoverNodes };
    addNodes(group.nodes, group.size.desired, promotedMs);
  }
  const pointed = environmentOf(topology, compute, 'recovery', 'recovery');
  for (const one of compute.deployments) {
    const deployment = deploymentIn(world, placeOn(topology, compute, 'recovery', one), one.name);
    const produced = producersEnvironment(topology, compute, calledBy(one), 'recovery');
    if (deployment) grow(deployment, one.replicas, { ...pointed, ...produced }, promotedMs);
  }
  const cluster = clusterIn(world, place.region, place.cluster);
  if (!cluster?.madeForPods) return;
  const inIt = componentsOf(topology, 'eks').filter(
    ({ recovery }) => recovery.cluster === place.cluster && recovery.nodegroup === undefined,
  );
  const pods = inIt.reduce((sum, one) => sum + podsAtRest(one, 'primary'), 0);
  const series = seriesOfCluster(cluster, world.clusters.slice(0, world.clusters.indexOf(cluster)));
  cluster.madeForPods = nodesFromLongAgo(series, Math.ceil(pods / PODS_PER_NODE), world.startMs);
}

function addNodes(nodes: Node[], desired: number, ms: number): void {
  const [node] = nodes;
  const missing = desired - nodes.length;
  for (let index = 0; node && index < missing; index += 1)
    nodes.push({ ...node, name: node.name.replace(/^ip-10-/, `ip-10-${index + 1}`), joinsMs: ms, readyMs: ms });
}

/** More pods, told where the writer is now. */
export function grow(deployment: Deployment, wanted: number, pointed: Rollout['environment'], ms: number): void {
  deployment.wanted = wanted;
  for (let index = deployment.pods.length; index < wanted; index += 1) {
    const name = `${deployment.name}-${index + 1}`;
    deployment.pods.push({ name, createdMs: ms, scheduledMs: ms, readyMs: ms, goneMs: null });
  }
  const { environment } = deployment.rollouts[0] as Rollout;
  const rollout = { fromMs: ms, untilMs: ms + 30 * SECOND, pods: wanted, environment: { ...environment, ...pointed } };
  deployment.rollouts.push(rollout);
}
