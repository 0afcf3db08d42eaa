import { type ComponentBehind, componentsBehind } from '../../drill/components.ts';
import { deploymentIn, ready, templates } from '../kubernetes/deployment.ts';
import { placeOn, sideIn } from '../kubernetes/place.ts';
import { isOutOfReach } from '../partition.ts';
import type { Deployment } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { customerShare } from './resolvers.ts';
import { takesWritesAt, takesWritesFrom } from './stores.ts';
import { essentialStores, storeNamed } from './users.ts';

/** How a region would treat a request for the service path: shares of requests, and how much slower than at rest. */
export interface Serving {
  /** Nobody answers at all. */
  dead: boolean;
  /** Share answered 503: no pod, or not enough of them. */
  refused: number;
  /** Share of the others answered 500: their pods cannot write. */
  failing: number;
  slowdown: number;
}

/** Assumption: half of the replicas wanted carry all of the load. */
const NEEDED_SHARE = 0.5;
const BUSY_FROM = 0.8;

/** Every public name is served by all compute of a region. */
export function servingOf(world: World, region: string, ms: number): Serving {
  if (isOutOfReach(world, region, ms)) return { dead: true, refused: 1, failing: 0, slowdown: 1 };
  const load = loadOf(world, region, ms);
  const { capacity, writing } = computeOf(world, region, ms);
  if (capacity === 0) return { dead: false, refused: 1, failing: 0, slowdown: 1 };
  const busy = load / capacity;
  const { errors, slowdown } = overloadOf(world, region, load);
  return {
    dead: false,
    refused: Math.max(0, 1 - 1 / Math.max(1, busy)),
    failing: 1 - writing * (1 - errors) * (1 - degradedErrors(world, region, ms)),
    slowdown: Math.min(20, 1 + Math.max(0, busy - BUSY_FROM) * 10) * slowdown,
  };
}

/**
 * Whether Route 53's checkers get a good answer from a region, whichever name its customers use.
 * @param path what they ask for; the service's own path also needs its writes
 */
export function isDoorUp(world: World, region: string, path: string | null, ms: number): boolean {
  if (isOutOfReach(world, region, ms)) return false;
  const names = componentsBehind('dns', world.topology);
  if (path !== null && !names.every((name) => isServiceUp(world, name, region, path, ms))) return false;
  const { capacity, writing } = computeOf(world, region, ms);
  return capacity > 0 && (writing > ENOUGH_SHARE || !names.some(({ service }) => service.path === path));
}

/** Route 53 takes an endpoint for healthy while more than this share of its checkers does. */
const ENOUGH_SHARE = 0.18;

/** How many customers the pods of a region carry, and the share of them that can write. */
function computeOf(world: World, region: string, ms: number): { capacity: number; writing: number } {
  const { topology } = world;
  const computes = componentsBehind('kubernetes', topology);
  let capacity = Number.POSITIVE_INFINITY;
  let writing = 1;
  for (const compute of computes) {
    const side = sideIn(topology, region);
    for (const one of compute.deployments) {
      const { name, replicas, critical } = one;
      const deployment =
        critical && side ? deploymentIn(world, placeOn(topology, compute, side, one), name) : undefined;
      if (!deployment) continue;
      const up = ready(deployment, ms);
      capacity = Math.min(capacity, up === 0 ? 0 : up / Math.max(1, Math.ceil(replicas * NEEDED_SHARE)));
      writing *= shareThatWrites(world, compute, deployment, ms);
    }
  }
  if (computes.length === 0 && !essentialStores(topology).every((one) => takesWritesFrom(world, one, region, ms)))
    writing = 0;
  return { capacity, writing };
}

/** Assumption: all names have as many customers. */
function loadOf(world: World, region: string, ms: number): number {
  const names = componentsBehind('dns', world.topology);
  const shares = names.map((name) => customerShare(world, name, region, ms));
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, names.length);
}

/** What the simulation says that a region does not bear. */
function overloadOf({ simulation: { overload }, topology: { regions } }: World, region: string, load: number) {
  const isOver = overload !== undefined && regions[overload.region] === region && load > overload.above;
  return isOver ? overload : { errors: 0, slowdown: 1 };
}

/** Some requests fail while services behind the door are down. */
const degradedErrors = (world: World, region: string, ms: number): number =>
  region === world.topology.regions.primary && at(world.degraded, ms).length > 0
    ? world.simulation.degradation.errors
    : 0;

/** Whether a service's own health check would find it well, where its region answers. */
export function isServiceUp(
  world: World,
  { service }: ComponentBehind<'dns'>,
  region: string,
  path: string,
  ms: number,
): boolean {
  if (region !== world.topology.regions.primary) return true;
  const name = service.checks.find((check) => check.path === path)?.name;
  return name === undefined || !at(world.degraded, ms).includes(name);
}

export const shareServed = ({ dead, refused, failing }: Serving): number => (dead ? 0 : (1 - refused) * (1 - failing));

/** The share of a deployment's pods whose stores take their writes; what customers can do without takes none of them away. */
function shareThatWrites(
  world: World,
  { uses }: ComponentBehind<'kubernetes'>,
  deployment: Deployment,
  ms: number,
): number {
  const stores = Object.entries(uses).flatMap(([id, { variable }]) => {
    const store = storeNamed(world.topology, id);
    return store && 'essential' in store && store.essential ? [{ store, variable }] : [];
  });
  return templates(deployment, ms).reduce((sum, { environment, share }) => {
    const writes = stores.every(({ store, variable }) =>
      takesWritesAt(world, store, environment[variable], deployment.region, ms),
    );
    return sum + (writes ? share : 0);
  }, 0);
}
