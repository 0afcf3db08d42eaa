import { describe, expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import { services } from '../../src/aws/services/index.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import type { Entry } from '../../src/journal/events.ts';
import { memoryJournal } from '../../src/journal/journal.ts';
import { judge } from '../../src/measure/verdict.ts';
import { reportOf } from '../../src/report/model.ts';
import { resume } from '../../src/run/resume.ts';
import { run } from '../../src/run/run.ts';
import { awsError } from '../../src/simulator/faults.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { accountOf, changesMade, type Drill, FAILOVER, type Finished, REPLICA, SNAPSHOT, shipped } from './drill.ts';
import { type Account, finishedIn } from './prepared-account.ts';

const START_MS = Date.parse('2026-01-05T01:00:00Z');
const EXPIRED = awsError('ExpiredToken', 'The security token included in the request is expired', 403);

/** A session that ends when a step begins, and is there again so much later. */
function sessionEndsAt(step: string, forMs: number): Account & { clock?: VirtualClock } {
  let goneUntil: number | undefined;
  let nowMs = () => 0;
  return {
    onEntry(entry) {
      if (goneUntil === undefined && entry.type === 'step-started' && entry.step === step) {
        goneUntil = Date.parse(entry.at) + forMs;
      }
      nowMs = () => Date.parse(entry.at);
    },
    through: (transport) => ({
      async send(...call) {
        // Each refused call is an entry, so the last entry's time is close to now.
        if (goneUntil !== undefined && nowMs() < goneUntil) throw EXPIRED;
        return transport.send(...call);
      },
    }),
  };
}

const STEPS = [
  'preflight',
  'validate-recovery',
  'fence/orders',
  'take-over/orders',
  'scale/shop/nodes',
  'shift/public',
  'verify/public',
];

describe.each(STEPS)('a session that ends as %s begins, and is renewed after half a minute', (step) => {
  test('pauses the run, which goes on and passes with nothing done twice', async () => {
    const done = await finishedIn(sessionEndsAt(step, 30_000), FAILOVER);
    expect(['passed', 'target-missed']).toContain(done.outcome);
    expect(done.of('session-ended').length).toBeGreaterThan(0);
    expect(done.of('session-ended')[0]).toMatchObject({
      reason: EXPIRED.message,
      hint: expect.stringMatching(/log in/i),
    });
    expect(done.of('session-renewed').length).toBe(done.of('session-ended').length);
    for (const change of ['PromoteReadReplica', 'UpdateNodegroupConfig']) expect(changesMade(done, change)).toBe(1);
    expect(done.standing.writers).toEqual([REPLICA]);
  });
});

test('a pause that outlasts the deadline of a step does not end the step: time limits stand still', async () => {
  const done = await finishedIn(sessionEndsAt('take-over/orders', 12 * 60_000), FAILOVER);
  expect(done.of('deadline-passed')).toEqual([]);
  expect(done.outcome).toBe('target-missed');
  const { deviations } = reportOf(done.entries, { journalHash: '0'.repeat(64) });
  expect(deviations).toContainEqual({
    kind: 'paused',
    about: 'session',
    what: expect.stringMatching(/^the run waited 12 min .* for a new AWS session: .*expired$/),
    atMs: expect.any(Number),
  });
  expect(done.standing.writers).toEqual([REPLICA]);
});

test('clean-up waits for a new session, too: nothing of a restore is left behind', async () => {
  const done = await finishedIn(sessionEndsAt('delete-restored/orders', 5 * 60_000), SNAPSHOT);
  expect(done.outcome).toBe('passed');
  expect(done.standing).toEqual(done.before);
});

/** A run that is suspended when it waits too long for a session, and is resumed when there is one. */
async function suspendedAndResumed(name: Drill, step: string, overrides: string[]): Promise<[Finished, Finished]> {
  const { drill, topology } = shipped(name, overrides);
  const clock = new VirtualClock(START_MS);
  const seed = drill.simulation.seed;
  const world = simulate({ topology, simulation: drill.simulation, seed, clock });
  const entries: Entry[] = [];
  let isGone = false;
  const transport: Transport = {
    async send(...call) {
      if (isGone) throw EXPIRED;
      return world.transport.send(...call);
    },
  };
  const surroundings = {
    clock,
    transport,
    isChange: (service: keyof typeof services, operation: string) => operation in services[service].changes,
    ports: () => world.ports,
    jitter: () => 0.5,
    judge,
    onEntry(entry: Entry) {
      entries.push(entry);
      if (entry.type === 'step-started' && entry.step === step) isGone = true;
    },
  };
  const first = await clock.run(
    run({
      ...surroundings,
      drill,
      topology,
      overrides,
      seed,
      mode: 'dry-run',
      tool: 'test',
      journal: memoryJournal(clock),
    }),
  );
  const stopped = accountOf({ drill, topology, seed, entries: [...entries], ...first, world });
  isGone = false;
  const journal = memoryJournal(clock, [...entries]);
  const onEntry = (entry: Entry) => entries.push(entry);
  const second = await clock.run(resume({ ...surroundings, onEntry, journal, tool: 'test', tornBytes: 0 }));
  return [stopped, accountOf({ drill, topology, seed, entries, ...second, world })];
}

describe('a session that is not renewed in time', () => {
  test('suspends the run with nothing undone, and resuming it brings the failover to its end', async () => {
    const [stopped, resumed] = await suspendedAndResumed(FAILOVER, 'take-over/orders', ['session.renewWithin=3 min']);
    expect([stopped.outcome, stopped.exitCode]).toEqual(['unfinished', 3]);
    expect(stopped.entries.at(-1)).toMatchObject({
      type: 'run-suspended',
      // The parallel step that calls AWS last.
      step: expect.stringMatching(/^(take-over\/orders|scale\/shop\/nodes)$/),
      reason: expect.stringContaining('no valid AWS session for 3 min'),
    });
    expect(stopped.of('undo-started')).toEqual([]);
    expect(resumed.outcome).toBe('target-missed');
    expect(changesMade(resumed, 'PromoteReadReplica')).toBe(1);
    expect(resumed.standing.writers).toEqual([REPLICA]);
  });

  test('suspends clean-up, and resuming it leaves nothing behind', async () => {
    const [stopped, resumed] = await suspendedAndResumed(SNAPSHOT, 'delete-restored/orders', [
      'session.renewWithin=3 min',
    ]);
    expect(stopped.outcome).toBe('unfinished');
    expect(resumed.standing).toEqual(resumed.before);
  });
});
