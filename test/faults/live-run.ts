import { services } from '../../src/aws/services/index.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import type { LoadedDrill } from '../../src/drill/load.ts';
import type { Entry } from '../../src/journal/events.ts';
import { memoryJournal } from '../../src/journal/journal.ts';
import { judge } from '../../src/measure/verdict.ts';
import { run } from '../../src/run/run.ts';
import { drawWith } from '../../src/simulator/distributions.ts';
import { type SimulatedWorld, simulate } from '../../src/simulator/simulate.ts';
import { accountOf, type Finished } from '../run/drill.ts';
import { unbroken } from './plan.ts';
import { sdkReady, virtualWire } from './virtual-wire.ts';
import { awsApi, type Passed, type Plan, Way } from './way.ts';

const START_MS = Date.parse('2026-01-05T01:00:00Z');

/** What is in the way of a live run. */
export interface Trouble {
  plan?: (clock: VirtualClock) => Plan;
}

export interface LiveRun extends Finished {
  /** Every request, in the order in which they left. */
  passed: Passed[];
}

/** Runs a drill live, in virtual time, through the SDK's real clients; the world is asked for two writers, then and an hour later. */
export async function liveRun(
  { drill, topology }: Pick<LoadedDrill, 'drill' | 'topology'>,
  overrides: string[],
  { plan = () => unbroken }: Trouble = {},
): Promise<LiveRun> {
  await sdkReady();
  const seed = drill.simulation.seed;
  const clock = new VirtualClock(START_MS);
  const world: SimulatedWorld = simulate({ topology, simulation: drill.simulation, seed, clock });
  const way = new Way({ api: await api, plan: plan(clock), clock });
  const { transport } = await virtualWire({ world, clock, way, region: topology.regions.recovery });
  await transport.credentials();
  const entries: Entry[] = [];
  const draw = drawWith(seed);
  const work = async () => {
    const result = await run({
      drill,
      topology,
      overrides,
      seed,
      mode: 'live',
      tool: 'test',
      clock,
      journal: memoryJournal(clock),
      transport,
      isChange: (service, operation) => operation in services[service].changes,
      ports: () => world.ports,
      jitter: (key) => draw(`jitter/${key}`),
      judge,
      onEntry: (entry) => entries.push(entry),
    });
    // What was held up on its way arrives all the same.
    await way.settled();
    return result;
  };
  const { outcome, reason } = await clock.run(work());
  return Object.assign(accountOf({ drill, topology, seed, entries, outcome, reason, world }), { passed: way.passed });
}

const api = awsApi();
