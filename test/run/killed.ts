import { isChange } from '../../src/aws/changes.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { channelsOf } from '../../src/drill/notices.ts';
import type { Topology } from '../../src/drill/topology.ts';
import type { Entry, RunEvent } from '../../src/journal/events.ts';
import { type Journal, memoryJournal } from '../../src/journal/journal.ts';
import { judge } from '../../src/measure/verdict.ts';
import { type ToChannel, telling } from '../../src/notices/telling.ts';
import type { Send } from '../../src/ports/notices.ts';
import type { RunResult, Surroundings } from '../../src/run/play.ts';
import { resume } from '../../src/run/resume.ts';
import { run } from '../../src/run/run.ts';
import { drawWith } from '../../src/simulator/distributions.ts';
import { type SimulatedWorld, simulate } from '../../src/simulator/simulate.ts';
import type { State } from '../../src/simulator/state.ts';
import { answersAtOnce } from './answers-at-once.ts';
import { accountOf, type Finished, shipped } from './drill.ts';

const START_MS = Date.parse('2026-01-05T01:00:00Z');
/** Requests that had left when the process was killed arrive within this time. */
const ARRIVES_MS = 1_000;

/** What a process that was killed leaves behind: its journal, and a world that continues without it. */
export interface Left {
  entries: Entry[];
  state: State;
  atMs: number;
}

export interface Killing {
  /** The journal line after which each life is killed; the last one lives to its end. */
  after: number[];
  /** What the first life left, where that is known already. */
  left?: Left | undefined;
  /** Is shown, as each line is written, what would be left of a process that ended there, with all that it had asked. */
  look?: (left: Left) => void;
  /** How long nobody runs the drill, in milliseconds. */
  deadMs?: number;
  /** Requests that had left arrive all the same; otherwise they are lost with the process. */
  arrives?: boolean;
  /** What happens in the world meanwhile. */
  meanwhile?: (world: SimulatedWorld) => Promise<unknown>;
  overrides?: string[];
  seed?: number;
  /** Sends messages to the channels of the topology. */
  send?: Send<ToChannel>;
  /** A person aborts as soon as this line has been written. */
  abortAt?: number;
}

/** Runs a drill whose process is killed and whose run is taken up again, and gives how it ended. */
export async function killedAndResumed(name: string, killing: Killing): Promise<Finished & { kills: number }> {
  const { deadMs = 5_000, overrides = [] } = killing;
  const { drill, topology } = shipped(name, overrides);
  const seed = killing.seed ?? drill.simulation.seed;
  let { left } = killing;
  for (let kills = left ? 1 : 0; ; kills += 1) {
    const clock: VirtualClock = new VirtualClock(left ? left.atMs + deadMs : START_MS);
    const world = simulate({ topology, simulation: drill.simulation, seed, clock, state: left?.state });
    const { send } = killing;
    const life = liveUntil(killing.after[kills], { clock, world, earlier: left?.entries ?? [], killing });
    const draw = drawWith(seed);
    const surroundings = {
      ...life.surroundings,
      ...(send && { notices: life.notices(topology, send) }),
      clock,
      isChange: (service: string, operation: string) => isChange(`${service}:${operation}`),
      jitter: (key: string) => draw(`jitter/${key}`),
      judge,
    };
    const work: Promise<RunResult> = left
      ? resume({ ...surroundings, tool: 'test', tornBytes: 0 })
      : run({ ...surroundings, drill, topology, overrides, seed, mode: 'dry-run', tool: 'test' });
    const result = await clock.run(Promise.race([life.unlessDead(work), life.killed]));
    if (result)
      return Object.assign(accountOf({ drill, topology, seed, entries: life.entries(), ...result, world }), { kills });
    await killing.meanwhile?.(world);
    left = { entries: life.entries(), state: world.state(), atMs: clock.nowMs() };
  }
}

/** What is left of a process that ends after the first line, the second, and so on: one run shows them all. */
export async function leftAfterEachLine(name: string, overrides: string[]): Promise<Left[]> {
  const all: Left[] = [];
  await killedAndResumed(name, { after: [], overrides, look: (left) => all.push(left) });
  return all;
}

interface Life {
  clock: VirtualClock;
  world: SimulatedWorld;
  earlier: Entry[];
  killing: Killing;
}

/** A process that stops dead as soon as it has written a line: it writes, asks and learns nothing more. */
function liveUntil(line: number | undefined, { clock, world, earlier, killing }: Life) {
  const journal = memoryJournal(clock, earlier);
  const person = new AbortController();
  const still = new WeakMap<AbortSignal, AbortSignal>();
  let dead = false;
  let died: (_: undefined) => void = () => {};
  const killed = new Promise<undefined>((resolve) => {
    died = resolve;
  });
  const never = new Promise<never>(() => {});
  /** Whatever was asked of the world: answered, unless nobody lives to ask or to hear. */
  const while_ = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (dead) return never;
    const answer = await ask().catch((error) => {
      if (dead) return never;
      throw error;
    });
    return dead ? never : answer;
  };
  /** Who is dead calls nothing back. */
  const stillSignal = (given: unknown): unknown => {
    if (!(given instanceof AbortSignal)) return given;
    const known = still.get(given);
    if (known) return known;
    const controller = new AbortController();
    given.addEventListener('abort', () => dead || controller.abort(), { once: true });
    if (given.aborted) controller.abort();
    still.set(given, controller.signal);
    return controller.signal;
  };
  const mortal = <P extends object>(port: P): P =>
    new Proxy(port, {
      get: (target, key) => {
        const value = Reflect.get(target, key);
        // It asks nobody, and answers at once.
        if (answersAtOnce(key) && typeof value === 'function') return value.bind(target);
        return typeof value === 'function'
          ? (...given: unknown[]) => while_(() => value.apply(target, given.map(stillSignal)))
          : value;
      },
    });
  const { ports, transport } = world;
  const append: Journal['append'] = (event: RunEvent) => {
    if (dead) throw new Error('the process is dead');
    return journal.append(event);
  };
  const notices =
    (topology: Topology, send: Send<ToChannel>): Surroundings['notices'] =>
    (journalled) =>
      telling({
        channels: channelsOf(topology),
        kept: { folder: 'runs/test', host: 'test' },
        clock,
        send: mortal({ send }).send,
        ...journalled,
      });
  return {
    killed,
    notices,
    unlessDead: (work: Promise<RunResult>) =>
      work.catch((error) => {
        if (dead) return killed;
        throw error;
      }),
    entries: () => journal.entries() as Entry[],
    surroundings: {
      journal: { ...journal, append },
      transport: mortal(transport),
      ports: () => ({
        kubernetes: mortal(ports.kubernetes),
        sql: mortal(ports.sql),
        redis: mortal(ports.redis),
        kafka: mortal(ports.kafka),
        dns: mortal(ports.dns),
        http: mortal(ports.http),
        failure: mortal(ports.failure),
        people: mortal(ports.people),
      }),
      signal: person.signal,
      onEntry(entry: Entry) {
        killing.look?.({ entries: [...journal.entries()], state: world.state(), atMs: clock.nowMs() });
        if (entry.seq === killing.abortAt) person.abort('somebody pressed Ctrl-C');
        if (entry.seq !== line || dead || entry.type === 'run-ended') return;
        dead = true;
        if (killing.arrives) clock.setTimeout(() => died(undefined), ARRIVES_MS);
        else died(undefined);
      },
    },
  };
}
