import { componentsOf } from '../../drill/components.ts';
import { calledBy } from '../../drill/deployments.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import type { Cluster, Autoscaler as Described, Kubernetes } from '../../ports/kubernetes.ts';
import { named } from '../faults.ts';
import type { Autoscaler, Deployment } from '../state.ts';
import type { World } from '../world.ts';
import { isSamePlace, placeOn, SIDES } from './place.ts';
import { scale } from './schedule.ts';

/** Kubernetes' own default: an autoscaler looks so often. */
const EVERY_MS = 15_000;

/** Those that the simulation has, by the deployments of all computes. */
export const newAutoscalers = (topology: Topology, { autoscalers }: Simulation): Autoscaler[] =>
  autoscalers.flatMap(({ deployment, in: only, min, max, putBack }) =>
    componentsOf(topology, 'eks').flatMap((compute) =>
      compute.deployments
        .filter((one) => calledBy(one) === deployment)
        .flatMap((one) =>
          SIDES.filter((side) => only === undefined || side === only).map((side) => ({
            ...placeOn(topology, compute, side, one),
            name: one.name,
            deployment: one.name,
            min,
            max,
            minBefore: null,
            kept: putBack ? min : null,
            dueMs: null,
          })),
        ),
    ),
  );

const autoscalerOf = ({ autoscalers }: World, deployment: Deployment): Autoscaler | undefined =>
  autoscalers.find((one) => one.deployment === deployment.name && isSamePlace(one, deployment));

/** Someone scaled a deployment: its autoscaler sees it when it looks next. */
export function scaledBy(world: World, deployment: Deployment): void {
  const one = autoscalerOf(world, deployment);
  if (one) one.dueMs = world.clock.nowMs() + EVERY_MS;
}

/** Brings a deployment to where its autoscaler has it by now. Assumption: pods that were just added have nothing to do yet. */
export function autoscaled(world: World, deployment: Deployment): void {
  const one = autoscalerOf(world, deployment);
  if (!one || one.dueMs === null || one.dueMs > world.clock.nowMs()) return;
  one.dueMs = null;
  if (one.kept !== null) Object.assign(one, { min: one.kept, minBefore: null });
  // Without replicas it rests.
  if (deployment.wanted > 0 && deployment.wanted !== one.min) scale(world, deployment, one.min);
}

export const autoscalersOf = (
  world: World,
  arrive: (cluster: Cluster, signal?: AbortSignal) => Promise<void>,
): Pick<Kubernetes, 'autoscalers' | 'setMinimum'> => ({
  async autoscalers(cluster, signal) {
    await arrive(cluster, signal);
    return world.autoscalers.filter((one) => isSamePlace(one, cluster)).map(described);
  },
  async setMinimum(cluster, name, { min, minBefore }, signal) {
    await arrive(cluster, signal);
    const found = world.autoscalers.find((one) => one.name === name && isSamePlace(one, cluster));
    if (!found) throw named('NotFound', `horizontalpodautoscalers.autoscaling "${name}" not found`);
    Object.assign(found, { min, minBefore, dueMs: world.clock.nowMs() + EVERY_MS });
  },
});

const described = ({ name, deployment, min, max, minBefore }: Autoscaler): Described => ({
  name,
  deployment,
  min,
  max,
  minBefore,
});
