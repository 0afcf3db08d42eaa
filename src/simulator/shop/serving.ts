import { type ComponentBehind, componentsBehind, foundOnce } from '../../drill/components.ts';
import type { Template } from '../compute-twin.ts';
import { servesIn } from '../computes.ts';
import { isOutOfReach } from '../partition.ts';
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
  const { capacity, writing } = computeOf(world, region, ms);
  if (capacity === 0) return { dead: false, refused: 1, failing: 0, slowdown: 1 };
  // All customers at once load nothing that bears more than them: how many there are need not be found out.
  const load = capacity * BUSY_FROM > 1 && !world.simulation.overload ? 1 : loadOf(world, region, ms);
  const busy = load / capacity;
  const { errors, slowdown } = overloadOf(world, region, load);
  return {
    dead: false,
    refused: Math.max(0, 1 - 1 / Math.max(1, busy)),
    failing: 1 - writing * (1 - errors) * (1 - degradedErrors(world, region, ms)),
    slowdown: Math.min(20, 1 + Math.max(0, busy - BUSY_FROM) * 10) * slowdown * degradedSlowdown(world, region, ms),
  };
}

/**
 * Whether the checkers of Route 53 get a good answer from a region, for any of its names.
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

/** How many customers the pods and tasks of a region carry, and the share of them that can write. */
function computeOf(world: World, region: string, ms: number): { capacity: number; writing: number } {
  const { topology } = world;
  let capacity = Number.POSITIVE_INFINITY;
  let writing = 1;
  for (const { find, needed, stores } of criticalIn(topology, region)) {
    const found = find(world);
    if (!found) continue;
    capacity = Math.min(capacity, found.ready(ms) / needed);
    writing *= shareThatWrites(world, stores, { templates: found.templates(ms), region }, ms);
  }
  const hasCompute = Object.keys(topology.compute).length > 0;
  if (!hasCompute && !essentialStores(topology).every((one) => takesWritesFrom(world, one, region, ms))) writing = 0;
  return { capacity, writing };
}

/** What nobody is served without in a region, with how many pods or tasks carry all customers, and the stores that they need. */
const criticalIn = foundOnce((topology, region: string) =>
  servesIn(topology, region).map(({ find, size, uses }) => ({
    find,
    needed: Math.max(1, Math.ceil(size * NEEDED_SHARE)),
    stores: Object.entries(uses).flatMap(([id, variable]) => {
      const store = storeNamed(topology, id);
      return store && 'essential' in store && store.essential ? [{ store, variable }] : [];
    }),
  })),
);

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

const isDegraded = (world: World, region: string, ms: number): boolean =>
  region === world.topology.regions.primary && at(world.degraded, ms).length > 0;

/** Some requests fail while services behind the door are down, and the others may take longer. */
const degradedErrors = (world: World, region: string, ms: number): number =>
  isDegraded(world, region, ms) ? world.simulation.degradation.errors : 0;
const degradedSlowdown = (world: World, region: string, ms: number): number =>
  isDegraded(world, region, ms) ? world.simulation.degradation.slowdown : 1;

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

/** The share of pods or tasks whose stores take their writes; what customers can do without takes none of them away. */
function shareThatWrites(
  world: World,
  stores: ReturnType<typeof criticalIn>[number]['stores'],
  { templates, region }: { templates: Template[]; region: string },
  ms: number,
): number {
  let writing = 0;
  for (const { environment, share } of templates)
    if (stores.every(({ store, variable }) => takesWritesAt(world, store, environment[variable], region, ms)))
      writing += share;
  return writing;
}
