import { componentsOf } from '../../drill/components.ts';
import { hash32 } from '../distributions.ts';
import { alive } from '../kubernetes/deployment.ts';
import { isSamePlace, placesOf } from '../kubernetes/place.ts';
import type { Pod } from '../state.ts';
import type { World } from '../world.ts';
import type { SimulatedGroup } from './load-balancers.ts';

/** Assumption: two health checks, one every 5 s, pass before a pod that is ready counts as healthy. */
const HEALTHY_AFTER_MS = 10_000;

export interface Target {
  id: string;
  isHealthy: boolean;
  /** When it was registered. */
  sinceMs: number;
}

/** What a target group sends requests to at an instant: the pods of a critical deployment, or an instance where no compute is described. */
export function targetsIn(world: World, { region, nth }: SimulatedGroup, ms: number): Target[] {
  const { none } = world.simulation.targets;
  if (none !== undefined && region === world.topology.regions[none]) return [];
  const passes = (readyMs: number | null): boolean =>
    readyMs !== null && readyMs + HEALTHY_AFTER_MS <= ms && !isFailing(world, region, ms);
  const pods = podsIn(world, region, nth);
  if (!pods) return [{ id: addressOf(`${region}/${nth}`), sinceMs: 0, isHealthy: passes(0) }];
  return pods
    .filter((pod) => pod.scheduledMs !== null && pod.scheduledMs <= ms && alive(pod, ms))
    .map(({ name, scheduledMs, readyMs }) => ({
      id: addressOf(`${region}/${nth}/${name}`),
      sinceMs: scheduledMs ?? 0,
      isHealthy: passes(readyMs),
    }));
}

/** Whether the simulation says that no target of a region passes its health checks at an instant. */
function isFailing({ simulation, topology, startMs }: World, region: string, ms: number): boolean {
  const { unhealthy, from, until } = simulation.targets;
  if (unhealthy === undefined || region !== topology.regions[unhealthy]) return false;
  return ms >= startMs + from && (until === undefined || ms < startMs + until);
}

/** Instants at which the health of a group's targets may change. */
export function instantsOf(world: World, group: SimulatedGroup): number[] {
  const { simulation, startMs } = world;
  const { from, until = 0 } = simulation.targets;
  const pods = podsIn(world, group.region, group.nth) ?? [];
  return [
    startMs + from,
    startMs + until,
    ...pods.flatMap(({ readyMs, goneMs }) => [...(readyMs === null ? [] : [readyMs + HEALTHY_AFTER_MS]), goneMs ?? 0]),
  ];
}

/** Assumption: target groups of a side share the critical deployments among them, in their order. */
function podsIn(world: World, region: string, nth: number): Pod[] | undefined {
  const critical = componentsOf(world.topology, 'eks').flatMap(({ deployments }) =>
    deployments.filter((one) => one.critical).map(({ name }) => name),
  );
  if (critical.length === 0) return undefined;
  const name = critical[nth % critical.length];
  const places = placesOf(world.topology).filter((place) => place.region === region);
  return world.deployments
    .filter((one) => one.name === name && places.some((place) => isSamePlace(place, one)))
    .flatMap(({ pods }) => pods);
}

function addressOf(name: string): string {
  const hash = hash32(name);
  return `10.0.${hash & 255}.${(hash >>> 8) & 255}`;
}
