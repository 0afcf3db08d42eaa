import type { Deployment, Pod } from '../state.ts';
import type { World } from '../world.ts';
import { alive } from './deployment.ts';

/** Assumption: pods of the shop that fit one node. */
const PODS_PER_NODE = 3;

/** Finds a node for every pod that waits, first come, first served, on nodes that are there or on their way. */
export function schedule(world: World, region: string): void {
  const nowMs = world.clock.nowMs();
  placeConsumers(world, region, nowMs);
  const pods = podsIn(world, region).filter((pod) => alive(pod, nowMs));
  const placed = pods.filter(({ scheduledMs }) => scheduledMs !== null && scheduledMs <= nowMs);
  const roomFromMs = world.nodeGroups
    .filter((group) => group.region === region)
    .flatMap(({ nodes }) => nodes.filter(({ goneMs }) => goneMs === null))
    .flatMap(({ readyMs }) => Array<number>(PODS_PER_NODE).fill(readyMs))
    .sort((a, b) => a - b)
    .slice(placed.filter(({ goneMs }) => goneMs === null).length);
  const waiting = pods.filter((pod) => !placed.includes(pod)).sort((a, b) => a.createdMs - b.createdMs);
  for (const [index, pod] of waiting.entries()) {
    const fromMs = roomFromMs[index];
    pod.scheduledMs = fromMs === undefined ? null : Math.max(nowMs, pod.createdMs, fromMs);
    pod.readyMs =
      pod.scheduledMs === null || world.simulation.pods.neverReady
        ? null
        : pod.scheduledMs + startMs(world, region, pod);
  }
}

/** Assumption: consumers are small, and find room beside the shop's pods on any node. */
function placeConsumers(world: World, region: string, nowMs: number): void {
  const small = world.deployments.filter((one) => one.region === region && isConsumer(world, one));
  for (const pod of small.flatMap(({ pods }) => pods)) {
    if (pod.scheduledMs !== null || !alive(pod, nowMs)) continue;
    pod.scheduledMs = nowMs;
    pod.readyMs = world.simulation.pods.neverReady ? null : nowMs + startMs(world, region, pod);
  }
}

const isConsumer = ({ topology }: World, { name }: Deployment): boolean =>
  topology.messaging?.consumers.some(({ deployment }) => deployment === name) ?? false;

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
  schedule(world, deployment.region);
}

/** Nodes are about to go: pods that no longer fit go with them, and are made anew. */
export function drain(world: World, region: string, atMs: number): void {
  const nowMs = world.clock.nowMs();
  const groups = world.nodeGroups.filter((group) => group.region === region);
  const staying = groups.flatMap(({ nodes }) => nodes.filter(({ goneMs }) => goneMs === null)).length;
  const placed = world.deployments
    .filter((deployment) => deployment.region === region && !isConsumer(world, deployment))
    .flatMap((deployment) => deployment.pods.map((pod) => ({ deployment, pod })))
    .filter(({ pod }) => pod.goneMs === null && pod.scheduledMs !== null && pod.scheduledMs <= nowMs);
  for (const { deployment, pod } of placed.slice(staying * PODS_PER_NODE)) {
    pod.goneMs = atMs;
    create(deployment, atMs);
  }
}

function create(deployment: Deployment, createdMs: number): void {
  const name = `${deployment.name}-${deployment.pods.length + 1}`;
  deployment.pods.push({ name, createdMs, scheduledMs: null, readyMs: null, goneMs: null });
}

const podsIn = (world: World, region: string): Pod[] =>
  world.deployments
    .filter((deployment) => deployment.region === region && !isConsumer(world, deployment))
    .flatMap(({ pods }) => pods);
