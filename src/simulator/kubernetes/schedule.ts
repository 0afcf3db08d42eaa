import { componentsOf } from '../../drill/components.ts';
import { clusterIn } from '../eks/cluster.ts';
import { capacityOf, launch, seriesOfCluster } from '../eks/nodes.ts';
import type { Deployment, EksCluster, Node, Pod } from '../state.ts';
import type { World } from '../world.ts';
import { alive } from './deployment.ts';
import { PODS_PER_NODE } from './place.ts';

/** A cluster, by its name. */
type Where = Pick<Deployment, 'region' | 'cluster'>;

/** Finds a node for every pod that waits, first come, first served, on nodes that are there or on their way. */
export function schedule(world: World, where: Where): void {
  const nowMs = world.clock.nowMs();
  placeConsumers(world, where, nowMs);
  const pods = podsIn(world, where).filter((pod) => alive(pod, nowMs));
  const placed = pods.filter(({ scheduledMs }) => scheduledMs !== null && scheduledMs <= nowMs);
  const staying = placed.filter(({ goneMs }) => goneMs === null).length;
  const waiting = pods.filter((pod) => !placed.includes(pod)).sort((a, b) => a.createdMs - b.createdMs);
  makeNodes(world, where, staying + waiting.length);
  const roomFromMs = nodesIn(world, where)
    .flatMap(({ readyMs }) => Array<number>(PODS_PER_NODE).fill(readyMs))
    .sort((a, b) => a - b)
    .slice(staying);
  for (const [index, pod] of waiting.entries()) {
    const fromMs = roomFromMs[index];
    pod.scheduledMs = fromMs === undefined ? null : Math.max(nowMs, pod.createdMs, fromMs);
    pod.readyMs =
      pod.scheduledMs === null || world.simulation.pods.neverReady
        ? null
        : pod.scheduledMs + startMs(world, where.region, pod);
  }
}

/** Where nodes are made for pods, makes as many as these need, and takes away those that nobody needs any more. */
function makeNodes(world: World, where: Where, pods: number): void {
  const cluster = clusterIn(world, where.region, where.cluster);
  if (!cluster?.madeForPods) return;
  const nodes = cluster.madeForPods;
  const made = nodes.filter(({ goneMs }) => goneMs === null);
  const inGroups = nodesIn(world, where).length - made.length;
  const needed = Math.max(0, Math.ceil(pods / PODS_PER_NODE) - inGroups);
  const most = Math.max(made.length, capacityOf(world, where.region) ?? needed);
  const missing = Math.min(needed, most) - made.length;
  const before: EksCluster[] = world.clusters.slice(0, world.clusters.indexOf(cluster));
  if (missing > 0) launch(world, nodes, { series: seriesOfCluster(cluster, before), of: cluster.name }, missing);
  for (const node of made.slice(needed)) node.goneMs = world.clock.nowMs() + world.durations.nodeDraining;
}

/** A cluster's nodes that are there or on their way, and stay. */
function nodesIn(world: World, where: Where): Node[] {
  const groups = world.nodeGroups.filter((one) => isIn(one, where));
  const made = clusterIn(world, where.region, where.cluster)?.madeForPods ?? [];
  return [...groups.flatMap(({ nodes }) => nodes), ...made].filter(({ goneMs }) => goneMs === null);
}

const isIn = (one: Where, { region, cluster }: Where): boolean => one.region === region && one.cluster === cluster;

/** Assumption: consumers are small, and find room beside the shop's pods on any node. */
function placeConsumers(world: World, where: Where, nowMs: number): void {
  const small = world.deployments.filter((one) => isIn(one, where) && isConsumer(world, one));
  for (const pod of small.flatMap(({ pods }) => pods)) {
    if (pod.scheduledMs !== null || !alive(pod, nowMs)) continue;
    pod.scheduledMs = nowMs;
    pod.readyMs = world.simulation.pods.neverReady ? null : nowMs + startMs(world, where.region, pod);
  }
}

export const isConsumer = ({ topology }: World, { name }: Deployment): boolean =>
  componentsOf(topology, 'kafka').some(({ consumers }) => consumers.some(({ deployment }) => deployment === name));

const startMs = (world: World, region: string, { name }: Pod): number =>
  Math.round(world.simulation.pods.takes ?? world.durations.pod(world.draw(`pod/${region}/${name}`)));

/** Sets how many pods a deployment should have: new ones wait for room, and those that are not ready go first. */
export function scale(world: World, deployment: Deployment, replicas: number): void {
  const nowMs = world.clock.nowMs();
  deployment.wanted = replicas;
  const there = deployment.pods.filter(({ goneMs }) => goneMs === null);
  for (let missing = replicas - there.length; missing > 0; missing -= 1) create(deployment, nowMs);
  const readiest = there.sort((a, b) => (a.readyMs ?? Infinity) - (b.readyMs ?? Infinity));
  for (const pod of readiest.slice(replicas)) pod.goneMs = nowMs;
  schedule(world, deployment);
}

/** Nodes are about to go: pods that no longer fit go with them, and are made again. */
export function drain(world: World, where: Where, atMs: number): void {
  const nowMs = world.clock.nowMs();
  const placed = world.deployments
    .filter((deployment) => isIn(deployment, where) && !isConsumer(world, deployment))
    .flatMap((deployment) => deployment.pods.map((pod) => ({ deployment, pod })))
    .filter(({ pod }) => pod.goneMs === null && pod.scheduledMs !== null && pod.scheduledMs <= nowMs);
  for (const { deployment, pod } of placed.slice(nodesIn(world, where).length * PODS_PER_NODE)) {
    pod.goneMs = atMs;
    create(deployment, atMs);
  }
}

function create(deployment: Deployment, createdMs: number): void {
  const name = `${deployment.name}-${deployment.pods.length + 1}`;
  deployment.pods.push({ name, createdMs, scheduledMs: null, readyMs: null, goneMs: null });
}

const podsIn = (world: World, where: Where): Pod[] =>
  world.deployments
    .filter((deployment) => isIn(deployment, where) && !isConsumer(world, deployment))
    .flatMap(({ pods }) => pods);
