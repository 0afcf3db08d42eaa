import type { Simulation } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import { afterFailover } from './after-failover.ts';
import { drawWith, hastened } from './distributions.ts';
import { instantClock } from './one-instant.ts';
import { RESOLVERS } from './shop/resolvers.ts';
import type { State } from './state.ts';
import { always } from './timeline.ts';
import { beginAll } from './twins.ts';
import type { World, WorldOptions } from './world.ts';

export function newWorld({
  topology,
  simulation,
  seed,
  speed = 1,
  endpoints = {},
  state,
  ...given
}: WorldOptions): World {
  const draw = drawWith(seed);
  const { clock, atOneInstant } = instantClock(given.clock);
  const world: World = {
    ...(state ? structuredClone(state) : stateAt(clock.nowMs(), topology, simulation)),
    topology,
    simulation,
    clock,
    atOneInstant,
    draw,
    durations: hastened(speed),
    resolverPhases: Array.from({ length: RESOLVERS }, (_, resolver) => draw(`resolver/${resolver}`)),
    periods: new Map(),
    endpoints,
  };
  if (!state && simulation.begins === 'after-failover') afterFailover(world);
  return world;
}

/** How everything stands before anyone has asked for anything. */
function stateAt(startMs: number, topology: Topology, simulation: Simulation): State {
  const { primary, recovery } = topology.regions;
  const around = {
    startMs,
    down: { [primary]: always(false), [recovery]: always(false) },
    partition: always(false),
    degraded: always([]),
    rolesGone: [],
    experiments: [],
    denied: [],
    asked: [],
    calls: {},
    spent: {},
    budgets: {},
    keptAnswers: {},
    befallen: [],
  };
  return beginAll({ topology, simulation, startMs, begun: around as unknown as State });
}

/** All of a world that changes; the rest is given to anyone who goes on with it. */
export function stateOf(world: World): State {
  const { topology, simulation, clock, atOneInstant, draw, durations, resolverPhases, periods, endpoints, ...state } =
    world;
  return structuredClone(state);
}
