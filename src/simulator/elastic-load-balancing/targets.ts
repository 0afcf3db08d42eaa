import type { Started } from '../compute-twin.ts';
import { type Found, servesIn } from '../computes.ts';
import { hash32 } from '../distributions.ts';
import type { World } from '../world.ts';
import type { SimulatedGroup } from './load-balancers.ts';

/** Assumption: two health checks, one every 5 s, pass before a pod or task that is ready counts as healthy. */
const HEALTHY_AFTER_MS = 10_000;

export interface Target {
  id: string;
  isHealthy: boolean;
  /** When it was registered. */
  sinceMs: number;
}

/** What a target group sends requests to at an instant: the pods of a critical deployment, the tasks of a service, or an instance where no compute is described. */
export function targetsIn(world: World, { region, nth }: SimulatedGroup, ms: number): Target[] {
  const { none } = world.simulation.targets;
  if (none !== undefined && region === world.topology.regions[none]) return [];
  const passes = (readyMs: number | null): boolean =>
    readyMs !== null && readyMs + HEALTHY_AFTER_MS <= ms && !isFailing(world, region, ms);
  const started = startedIn(world, region, nth);
  if (!started) return [{ id: addressOf(`${region}/${nth}`), sinceMs: 0, isHealthy: passes(0) }];
  return started
    .filter(({ sinceMs, goneMs }) => sinceMs !== null && sinceMs <= ms && (goneMs === null || goneMs > ms))
    .map(({ id, sinceMs, readyMs }) => ({
      id: addressOf(`${region}/${nth}/${id}`),
      sinceMs: sinceMs ?? 0,
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
  const started = startedIn(world, group.region, group.nth) ?? [];
  return [
    startMs + from,
    startMs + until,
    ...started.flatMap(({ readyMs, goneMs }) => [
      ...(readyMs === null ? [] : [readyMs + HEALTHY_AFTER_MS]),
      goneMs ?? 0,
    ]),
  ];
}

function startedIn(world: World, region: string, nth: number): Started[] | undefined {
  const all = servesIn(world.topology, region);
  return all.length === 0 ? undefined : (behind(world, { region, nth })?.started() ?? []);
}

/** Assumption: target groups of a side share what serves customers there among them, in its order. */
export function behind(world: World, { region, nth }: Pick<SimulatedGroup, 'region' | 'nth'>): Found | undefined {
  const all = servesIn(world.topology, region);
  return all[nth % all.length]?.find(world);
}

function addressOf(name: string): string {
  const hash = hash32(name);
  return `10.0.${hash & 255}.${(hash >>> 8) & 255}`;
}
