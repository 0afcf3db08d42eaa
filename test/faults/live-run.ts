import { services } from '../../src/aws/services/index.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import type { LoadedDrill } from '../../src/drill/load.ts';
import type { Entry } from '../../src/journal/events.ts';
import { memoryJournal } from '../../src/journal/journal.ts';
import { judge } from '../../src/measure/verdict.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { Surroundings } from '../../src/run/play.ts';
import { resume } from '../../src/run/resume.ts';
import { run } from '../../src/run/run.ts';
import type { Chaos } from '../../src/server/chaos.ts';
import { drawWith } from '../../src/simulator/distributions.ts';
import { type SimulatedWorld, simulate } from '../../src/simulator/simulate.ts';
import { accountOf, type Finished } from '../run/drill.ts';
import { kubernetesApi, kubernetesWire } from './kubernetes-wire.ts';
import { unbroken } from './plan.ts';
import { sdkReady, virtualWire } from './virtual-wire.ts';
import { awsApi, type Passed, type Plan, Way } from './way.ts';

const START_MS = Date.parse('2026-01-05T01:00:00Z');

/** What can be changed while a run continues. */
export interface Around {
  chaos: Chaos;
  clock: VirtualClock;
}

/** What is in the way of a live run. */
export interface Trouble {
  plan?: (clock: VirtualClock) => Plan;
  /** The same for the clusters' APIs, which are asked over the wire only where this is given. */
  kubernetes?: (clock: VirtualClock) => Plan;
  /** Sees each entry as it is written. */
  onEntry?: (entry: Entry, around: Around) => void;
  /** What happens to a run that was suspended, before it is resumed. */
  whenSuspended?: (around: Around) => Promise<void>;
}

export interface LiveRun extends Finished {
  /** Every request, in the order in which they left. */
  passed: Passed[];
  /** Those to the clusters. */
  kubernetesPassed: Passed[];
}

/** Runs a drill live, in virtual time, through the SDK's real clients; the world is asked for two writers, then and an hour later. */
export async function liveRun(
  { drill, topology }: Pick<LoadedDrill, 'drill' | 'topology'>,
  overrides: string[] = [],
  { plan = () => unbroken, kubernetes, onEntry, whenSuspended }: Trouble = {},
): Promise<LiveRun> {
  await sdkReady();
  const seed = drill.simulation.seed;
  const clock = new VirtualClock(START_MS);
  const world: SimulatedWorld = simulate({ topology, simulation: drill.simulation, seed, clock });
  const way = new Way({ api: await api, plan: plan(clock), clock });
  const kubernetesWay = new Way({ api: kubernetesApi, plan: kubernetes?.(clock) ?? unbroken, clock });
  const { transport, chaos, still } = await virtualWire({ world, clock, way, region: topology.regions.recovery });
  await transport.credentials();
  const ports: Ports = {
    ...world.ports,
    ...(kubernetes && {
      kubernetes: kubernetesWire({ ...world.ports, topology, clock, way: kubernetesWay, still }),
    }),
  };
  const entries: Entry[] = [];
  const draw = drawWith(seed);
  const around = { chaos, clock };
  const surroundings = (): Surroundings => ({
    clock,
    journal: memoryJournal(clock, [...entries]),
    transport,
    renew: transport.renew,
    isChange: (service, operation) => operation in services[service].changes,
    ports: () => ports,
    jitter: (key) => draw(`jitter/${key}`),
    judge,
    onEntry(entry) {
      entries.push(entry);
      onEntry?.(entry, around);
    },
  });
  const work = async () => {
    let result = await run({ ...surroundings(), drill, topology, overrides, seed, mode: 'live', tool: 'test' });
    while (result.outcome === 'unfinished') {
      if (!whenSuspended) throw new Error(`suspended: ${result.reason}`);
      await whenSuspended(around);
      result = await resume({ ...surroundings(), tool: 'test', tornBytes: 0 });
    }
    // What was held up on its way arrives all the same.
    await Promise.all([way.settled(), kubernetesWay.settled()]);
    return { outcome: result.outcome, reason: result.reason };
  };
  const ended = await clock.run(work());
  return Object.assign(accountOf({ drill, topology, seed, entries, ...ended, world }), {
    passed: way.passed,
    kubernetesPassed: kubernetesWay.passed,
  });
}

const api = awsApi();
