import type { Transport } from '../../src/aws/aws.ts';
import { services } from '../../src/aws/services/index.ts';
import type { Clock } from '../../src/clock/clock.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import type { LoadedDrill } from '../../src/drill/load.ts';
import type { Entry } from '../../src/journal/events.ts';
import { memoryJournal } from '../../src/journal/journal.ts';
import { noLogin } from '../../src/live/no-login.ts';
import { judge } from '../../src/measure/verdict.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { Surroundings } from '../../src/run/play.ts';
import { run } from '../../src/run/run.ts';
import { awsError } from '../../src/simulator/faults.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { accountOf, type Finished, shipped } from './drill.ts';

const START_MS = Date.parse('2026-01-05T01:00:00Z');

export interface Account {
  /** What someone else does in the account first. */
  first?: (transport: Transport) => Promise<unknown>;
  /** One operation is refused from its nth call on, with this error. */
  refuses?: { operation: string; fromCall: number; error: [name: string, message: string] };
  /** What stands between the drill and the account. */
  through?: (transport: Transport, clock: Clock) => Transport;
  /** As a live run of a topology that has no login. */
  withoutLogin?: true;
  portsThrough?: (ports: Ports, clock: Clock) => Ports;
  judge?: Surroundings['judge'];
  leadership?: Surroundings['leadership'];
  checkAccount?: Surroundings['checkAccount'];
  /** Hears each entry as it is written, and may abort the run there. */
  onEntry?: (entry: Entry, abort: () => void) => void;
  /** As `--read-only`. */
  readOnly?: true;
  /** What the caller may not do, as `rds:PromoteReadReplica`. */
  denied?: readonly string[];
}

/** Rehearses a drill in an account that the simulation's own settings cannot describe. */
export const finishedIn = (account: Account, name: string, overrides: string[] = []): Promise<Finished> =>
  rehearsedIn(account, shipped(name, overrides), overrides);

/** The same of a drill that was loaded from anywhere. */
export async function rehearsedIn(
  account: Account,
  { drill, topology }: Pick<LoadedDrill, 'drill' | 'topology'>,
  overrides: string[] = [],
): Promise<Finished> {
  const seed = drill.simulation.seed;
  const clock = new VirtualClock(START_MS);
  const options = { topology, simulation: drill.simulation, seed, clock };
  const usual = simulate(options);
  const world = account.denied
    ? simulate({ ...options, state: { ...usual.state(), denied: [...account.denied] } })
    : usual;
  const { sql } = account.withoutLogin ? { sql: noLogin } : world.ports;
  const entries: Entry[] = [];
  const person = new AbortController();
  const ports: Ports = { ...world.ports, sql: account.readOnly ? { ...sql, readsOnly: true } : sql };
  const work = async () => {
    await account.first?.(world.transport);
    return run({
      drill,
      topology,
      overrides,
      seed,
      mode: account.withoutLogin ? 'live' : 'dry-run',
      tool: 'test',
      clock,
      journal: memoryJournal(clock),
      transport: account.through?.(world.transport, clock) ?? refusing(world.transport, account.refuses),
      isChange: (service, operation) => operation in services[service].changes,
      ports: () => account.portsThrough?.(ports, clock) ?? ports,
      signal: person.signal,
      ...(account.readOnly && { readOnly: true }),
      ...(account.leadership && { leadership: account.leadership }),
      ...(account.checkAccount && { checkAccount: account.checkAccount }),
      jitter: () => 0.5,
      judge: account.judge ?? judge,
      onEntry(entry) {
        entries.push(entry);
        account.onEntry?.(entry, () => person.abort('somebody pressed Ctrl-C'));
      },
    });
  };
  const { outcome, reason } = await clock.run(work());
  return accountOf({ drill, topology, seed, entries, outcome, reason, world });
}

function refusing(transport: Transport, refused: Account['refuses']): Transport {
  let calls = 0;
  return {
    send(service, region, operation, input, ...rest) {
      if (operation === refused?.operation) calls += 1;
      const isRefused = operation === refused?.operation && calls >= refused.fromCall;
      if (refused && isRefused) return Promise.reject(awsError(...refused.error));
      return transport.send(service, region, operation, input, ...rest);
    },
  };
}
