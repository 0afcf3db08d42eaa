import type { Simulation } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import { afterFailover } from './after-failover.ts';
import { drawWith, hastened } from './distributions.ts';
import { newClusters } from './eks/cluster.ts';
import { newNodeGroups } from './eks/node-group.ts';
import { newCache } from './elasticache/group.ts';
import { newAccelerators } from './global-accelerator.ts';
import { newGroups } from './groups.ts';
import { newDeployments } from './kubernetes/deployment.ts';
import { newGlobalDatabases } from './rds/global-database.ts';
import { newInstances } from './rds/instance.ts';
import { newTraffic } from './route-53/zone.ts';
import { newBuckets } from './s3/bucket.ts';
import { newSecrets } from './secrets-manager.ts';
import { usualQuotas } from './service-quotas.ts';
import { RESOLVERS } from './shop/resolvers.ts';
import { newTopics } from './sns.ts';
import type { State } from './state.ts';
import { always } from './timeline.ts';
import type { World, WorldOptions } from './world.ts';

export function newWorld({ topology, simulation, seed, clock, speed = 1, endpoints = {}, state }: WorldOptions): World {
  const draw = drawWith(seed);
  const world: World = {
    ...(state ? structuredClone(state) : stateAt(clock.nowMs(), topology, simulation)),
    topology,
    simulation,
    clock,
    draw,
    durations: hastened(speed),
    resolverPhases: Array.from({ length: RESOLVERS }, (_, resolver) => draw(`resolver/${resolver}`)),
    periods: new Map(),
    endpoints,
  };
  if (!state && simulation.begins === 'after-failover') afterFailover(world);
  return world;
}

/** How everything stands before anybody has asked for anything. */
function stateAt(startMs: number, topology: Topology, simulation: Simulation): State {
  const { primary, recovery } = topology.regions;
  const accelerators = newAccelerators(topology);
  const instances = newInstances(topology, simulation, startMs);
  return {
    startMs,
    down: { [primary]: always(false), [recovery]: always(false) },
    partition: always(false),
    degraded: always([]),
    instances,
    snapshots: [],
    clusters: newClusters(topology, startMs),
    nodeGroups: newNodeGroups(topology, startMs),
    deployments: newDeployments(topology, startMs),
    namespaces: [],
    ...newTraffic(topology, simulation, accelerators),
    accelerators,
    buckets: newBuckets(topology, simulation, startMs),
    cache: newCache(topology, startMs),
    messaging: { commits: [], markers: [] },
    aurora: newGlobalDatabases(topology, simulation),
    groups: newGroups(topology, instances),
    rolesGone: [],
    keyStates: {},
    topics: newTopics(topology, simulation),
    secrets: newSecrets(topology, simulation, startMs),
    automations: [],
    experiments: [],
    quotas: { ...usualQuotas },
    denied: [],
    asked: [],
    calls: {},
    spent: {},
    budgets: {},
  };
}

/** All of a world that changes; the rest is given to whoever goes on with it. */
export function stateOf(world: World): State {
  const { topology, simulation, clock, draw, durations, resolverPhases, periods, endpoints, ...state } = world;
  return structuredClone(state);
}
