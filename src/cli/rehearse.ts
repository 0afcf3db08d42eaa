import { isChange } from '../aws/changes.ts';
import type { Clock } from '../clock/clock.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { candidatesOf } from '../drill/candidates.ts';
import type { Drill } from '../drill/drill.ts';
import type { Simulation } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import type { Entry } from '../journal/events.ts';
import type { Journal } from '../journal/journal.ts';
import { judge } from '../measure/verdict.ts';
import { drawnOf, seededDraws } from '../run/draw.ts';
import { type RunResult, run } from '../run/run.ts';
import { drawWith } from '../simulator/distributions.ts';
import { type SimulatedWorld, simulate } from '../simulator/simulate.ts';
import { noticesFor } from './run-notices.ts';
import { tool } from './version.ts';

/** When every dry run begins, so that one seed gives one journal: a Monday, seven hours after the nightly backup. */
export const START_MS = Date.parse('2026-01-05T01:00:00Z');

export interface RehearsalOptions {
  drill: Drill;
  topology: Topology;
  overrides?: string[];
  /** Instead of the drill's own. */
  seed?: number | undefined;
  /** How many simulated seconds may pass in a real one: as many as the machine can by default. */
  speed?: number | undefined;
  /** What the machine's wall clock says at a steady instant, where someone sets it. */
  wall?: ((nowMs: number) => number) | undefined;
  openJournal: (clock: Clock) => Journal;
  signal?: AbortSignal | undefined;
  onEntry?: ((entry: Entry) => void) | undefined;
}

export interface Rehearsal extends RunResult {
  /** As the run has left it. */
  world: SimulatedWorld;
}

/** Runs a drill against a simulated account, in virtual time. Opens no socket. */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { drill, topology, overrides = [], speed, wall, openJournal, signal, onEntry } = options;
  const seed = options.seed ?? drill.simulation.seed;
  const clock = new VirtualClock(START_MS, { ...(speed !== undefined && { speed }), ...(wall && { wall }) });
  const world = simulate({ topology, simulation: simulationOf(drill, seed), seed, clock });
  const draw = drawWith(seed);
  const notices = await noticesFor({ topology, folder: 'runs/<run>', clock });
  const work = run({
    drill,
    topology,
    overrides,
    seed,
    mode: 'dry-run',
    tool,
    clock,
    journal: openJournal(clock),
    transport: world.transport,
    isChange: (service, operation) => isChange(`${service}:${operation}`),
    ports: () => world.ports,
    jitter: (key) => draw(`jitter/${key}`),
    judge,
    notices,
    claim: claimAfter(drill.simulation.surprise.busy, topology, clock),
    ...(signal && { signal }),
    ...(onEntry && { onEntry }),
  });
  return { ...(await clock.run(work)), world };
}

/** The world is as the drill says that will have been drawn. */
export function simulationOf(drill: Drill, seed: number): Simulation {
  const of = candidatesOf(drill);
  const { simulation } = of[drawnOf(of.length, seededDraws(seed))] ?? drill;
  return { ...simulation, surprise: drill.simulation.surprise };
}

/** As another run would: it has the topology for so long from when it is first asked for. */
function claimAfter(busyMs: number | undefined, { topology }: Topology, clock: Clock) {
  let firstMs: number | undefined;
  return async () => {
    firstMs ??= clock.nowMs();
    if (busyMs === undefined || clock.nowMs() >= firstMs + busyMs) return { opening: [] };
    throw new DrillError('topology-leased', `another run leads ${topology}`);
  };
}
