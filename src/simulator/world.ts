import type { Clock } from '../clock/clock.ts';
import type { Simulation } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import type { Draw, Durations } from './distributions.ts';
import type { InstantClock } from './one-instant.ts';
import type { State } from './state.ts';
import { at } from './timeline.ts';

/** What customers met in one period of the metrics. */
export interface Period {
  errorRate: number;
  /** How much slower than at rest answers were, for one request in twenty; `null` where nobody got one. */
  slowdown95: number | null;
  slowdownMean: number | null;
}

/** Where what is real stands, in a world with something real behind it. */
export interface Endpoints {
  /** The port at which every database answers; 5432 by default. */
  databasePort?: number | undefined;
  /** The Kubernetes API of each cluster: its address, and the certificate of its authority in base64. */
  clusters?: Record<string, { endpoint: string; certificateAuthority: string }> | undefined;
}

export interface World extends State, InstantClock {
  topology: Topology;
  simulation: Simulation;
  draw: Draw;
  durations: Durations;
  /** When each customer's resolver asks again within the TTL. */
  resolverPhases: number[];
  /** What customers met in whole periods that are over; it can always be worked out again. */
  periods: Map<string, Period>;
  endpoints: Endpoints;
}

export interface WorldOptions {
  topology: Topology;
  simulation: Simulation;
  seed: number;
  clock: Clock;
  /** How many times faster than AWS everything goes that takes time; 1 by default. */
  speed?: number | undefined;
  endpoints?: Endpoints | undefined;
  /** A world as `stateOf` gave it, to continue with. */
  state?: State | undefined;
}

/** The nth draw of its kind. */
export function nextDraw(world: World, kind: string): number {
  const nth = (world.calls[kind] ?? 0) + 1;
  world.calls[kind] = nth;
  return world.draw(kind, nth);
}

export const isDown = (world: World, region: string, ms: number): boolean => {
  const down = world.down[region];
  return down !== undefined && at(down, ms);
};
