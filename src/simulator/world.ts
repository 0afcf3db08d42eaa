import type { Clock } from '../clock/clock.ts';
import type { Simulation } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import type { Draw } from './distributions.ts';
import type { State } from './state.ts';
import { at } from './timeline.ts';

/** What customers met in one minute. */
export interface Minute {
  errorRate: number;
  /** How much slower than at rest answers were, for one request in twenty; `null` where nobody got one. */
  slowdown95: number | null;
  slowdownMean: number | null;
}

export interface World extends State {
  topology: Topology;
  simulation: Simulation;
  clock: Clock;
  draw: Draw;
  /** When in an answer's life each customer's resolver asks anew. */
  resolverPhases: number[];
  /** What customers met in whole minutes that are over; it can always be worked out again. */
  minutes: Map<number, Minute>;
}

export interface WorldOptions {
  topology: Topology;
  simulation: Simulation;
  seed: number;
  clock: Clock;
  /** A world as `stateOf` gave it, to go on with. */
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
