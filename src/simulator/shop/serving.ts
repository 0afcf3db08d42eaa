import { deploymentIn, ready, templates } from '../kubernetes/deployment.ts';
import { isCut, isOutOfReach } from '../partition.ts';
import { addressAt, takesWrites } from '../rds/instance.ts';
import type { Deployment } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { customerShare } from './resolvers.ts';

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

export function servingOf(world: World, region: string, ms: number): Serving {
  if (isOutOfReach(world, region, ms)) return { dead: true, refused: 1, failing: 0, slowdown: 1 };
  const load = customerShare(world, region, ms);
  let capacity = Number.POSITIVE_INFINITY;
  let writing = 1;
  for (const { name, replicas, critical } of world.topology.kubernetes.deployments) {
    const deployment = critical ? deploymentIn(world, region, name) : undefined;
    if (!deployment) continue;
    const up = ready(deployment, ms);
    capacity = Math.min(capacity, up === 0 ? 0 : up / Math.max(1, Math.ceil(replicas * NEEDED_SHARE)));
    writing *= shareThatWrites(world, deployment, ms);
  }
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
export function isServiceUp(world: World, region: string, path: string, ms: number): boolean {
  if (region !== world.topology.regions.primary) return true;
  const service = world.topology.service.checks.find((check) => check.path === path)?.name;
  return service === undefined || !at(world.degraded, ms).includes(service);
}

export const shareServed = ({ dead, refused, failing }: Serving): number => (dead ? 0 : (1 - refused) * (1 - failing));

/** The share of a deployment's pods whose database takes their writes. */
function shareThatWrites(world: World, deployment: Deployment, ms: number): number {
  const variable = world.topology.kubernetes.writerVariable;
  return templates(deployment, ms).reduce((sum, { environment, share }) => {
    const database = world.instances.findLast((one) => addressAt(one, ms) === environment[variable]);
    const reached = database && (database.region === deployment.region || !isCut(world, ms));
    return sum + (reached && takesWrites(world, database, ms) ? share : 0);
  }, 0);
}
