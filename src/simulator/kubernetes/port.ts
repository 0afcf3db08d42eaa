import type { Cluster, Deployment as Described, Kubernetes, Trouble } from '../../ports/kubernetes.ts';
import { clusterIn } from '../eks/cluster.ts';
import { autoscaleNodes } from '../eks/node-autoscaler.ts';
import { named } from '../faults.ts';
import { isOutOfReach } from '../partition.ts';
import type { Deployment, Rollout } from '../state.ts';
import { nextDraw, type World } from '../world.ts';
import { autoscaled, autoscalersOf, scaledBy } from './autoscaler.ts';
import { alive, deploymentIn, ready, updated } from './deployment.ts';
import { namespacesOf } from './namespaces.ts';
import { scale } from './schedule.ts';

/** The Kubernetes APIs of all clusters. */
export function kubernetesOf(world: World): Kubernetes {
  return {
    async deployment(cluster, name, signal) {
      await arrive(world, cluster, signal);
      const found = deploymentOf(world, cluster, name);
      autoscaleNodes(world, cluster);
      autoscaled(world, found);
      return describe(found, world.clock.nowMs());
    },
    async troubles(cluster, name, signal) {
      await arrive(world, cluster, signal);
      return troublesOf(world, deploymentOf(world, cluster, name));
    },
    async scale(cluster, name, replicas, signal) {
      await arrive(world, cluster, signal);
      const found = deploymentOf(world, cluster, name);
      scale(world, found, replicas);
      scaledBy(world, found);
    },
    async setEnvironment(cluster, name, values, signal) {
      await arrive(world, cluster, signal);
      rollOut(world, deploymentOf(world, cluster, name), values);
    },
    async may(cluster, access, signal) {
      await arrive(world, cluster, signal);
      mustBeThere(world, cluster);
      const allowed = !world.denied.includes(access);
      return { allowed, reason: '' };
    },
    async nodes(cluster, nodegroup, signal) {
      await arrive(world, cluster, signal);
      const nowMs = world.clock.nowMs();
      mustBeThere(world, cluster);
      autoscaleNodes(world, cluster);
      const { region, cluster: home } = cluster;
      const group = world.nodeGroups.find(
        (one) => one.region === region && one.cluster === home && one.name === nodegroup,
      );
      return (group?.nodes ?? [])
        .filter(({ joinsMs, goneMs }) => joinsMs <= nowMs && (goneMs === null || goneMs > nowMs))
        .map(({ name, readyMs }) => ({ name, ready: readyMs <= nowMs }));
    },
    ...autoscalersOf(world, (cluster, signal) => arrive(world, cluster, signal, 'autoscalers')),
    ...namespacesOf(world, (cluster, signal) => arrive(world, cluster, signal)),
  };
}

/** The time that a request needs; in a region that is lost or out of reach nobody answers. */
async function arrive(world: World, { region }: Cluster, signal?: AbortSignal, what = 'kubernetes'): Promise<void> {
  const { clock } = world;
  if (!isOutOfReach(world, region, clock.nowMs())) {
    await clock.sleep(world.durations.kubernetesCall(nextDraw(world, `${what}/${region}`)), signal);
    if (!isOutOfReach(world, region, clock.nowMs())) return;
  }
  await clock.sleep(world.durations.kubernetesTimeout, signal);
  throw named(
    'Timeout',
    `The Kubernetes API in ${region} did not answer within ${world.durations.kubernetesTimeout / 1000} s.`,
  );
}

const mustBeThere = (world: World, { region, cluster }: Cluster): void => {
  if (clusterIn(world, region, cluster)) return;
  throw named('NotFound', `There is no cluster ${cluster} in ${region}.`);
};

function deploymentOf(world: World, cluster: Cluster, name: string): Deployment {
  mustBeThere(world, cluster);
  const found = deploymentIn(world, cluster, name);
  if (found) return found;
  throw named('NotFound', `deployments.apps "${name}" not found`);
}

function describe(deployment: Deployment, nowMs: number): Described {
  const up = ready(deployment, nowMs);
  return {
    name: deployment.name,
    wanted: deployment.wanted,
    updated: updated(deployment, nowMs),
    ready: up,
    available: up,
    environment: { ...(deployment.rollouts.at(-1) as Rollout).environment },
    unread: [],
  };
}

/** Pods that never become ready fail their probe; those that no node has room for are not scheduled. */
function troublesOf(world: World, deployment: Deployment): Trouble[] {
  const nowMs = world.clock.nowMs();
  const isBehind = (ms: number | null) => ms !== null && ms <= nowMs;
  const waiting = deployment.pods.filter(
    (pod) => alive(pod, nowMs) && isBehind(pod.createdMs) && !isBehind(pod.readyMs),
  );
  const unscheduled = waiting.filter(({ scheduledMs }) => !isBehind(scheduledMs)).length;
  const unready = waiting.length - unscheduled;
  const about = (pods: number) => `${pods} ${pods === 1 ? 'pod' : 'pods'} of ${deployment.name}`;
  return [
    ...(unscheduled > 0
      ? [{ about: about(unscheduled), reason: 'Unschedulable', message: 'no node has room for them' }]
      : []),
    ...(unready > 0 && world.simulation.pods.neverReady
      ? [{ about: about(unready), reason: 'Unhealthy', message: 'their readiness probe fails' }]
      : []),
  ];
}

/** A changed environment replaces the pods by and by; an unchanged one replaces nothing. */
function rollOut(world: World, deployment: Deployment, values: Record<string, string>): void {
  const nowMs = world.clock.nowMs();
  const { environment } = deployment.rollouts.at(-1) as Rollout;
  if (Object.entries(values).every(([name, value]) => environment[name] === value)) return;
  const takesMs = world.durations.rollout(nextDraw(world, `rollout/${deployment.region}/${deployment.name}`));
  deployment.rollouts.push({
    fromMs: nowMs,
    untilMs: world.simulation.pods.neverReady ? null : nowMs + Math.round(takesMs),
    pods: deployment.wanted,
    environment: { ...environment, ...values },
  });
}
