import fc from 'fast-check';
import { expect, test } from 'vitest';
import { narrator } from '../../src/cli/narrate.ts';
import type { Entry } from '../../src/journal/events.ts';
import type { SimulatedWorld } from '../../src/simulator/simulate.ts';
import { mustStandAsReported } from './as-reported.ts';
import {
  changesMade,
  type Drill,
  FAILOVER,
  type Finished,
  finished,
  POINT_IN_TIME,
  PRIMARY,
  SLOW_CACHE,
  SNAPSHOT,
  SWITCHOVER,
  THREE_STORES,
} from './drill.ts';
import { killedAndResumed, leftAfterEachLine } from './killed.ts';

/** How old the newest restorable time is depends on the minute, and the minute on how long nobody ran the drill. */
const overridesOf = (drill: Drill) => (drill === POINT_IN_TIME ? ['targets.rpo=20 min'] : []);

const once = [
  'PromoteReadReplica',
  'RestoreDBInstanceFromDBSnapshot',
  'RestoreDBInstanceToPointInTime',
  'FailoverGlobalCluster',
  'SwitchoverGlobalCluster',
  'FailoverGlobalReplicationGroup',
];

function expectSameEnd(run: Finished, unbroken: Finished) {
  expect([run.outcome, run.standing]).toEqual([unbroken.outcome, unbroken.standing]);
  expect(run.anHourLater.writers()).toEqual(unbroken.anHourLater.writers());
  for (const operation of once) expect(changesMade(run, operation), operation).toBeLessThanOrEqual(1);
}

test.each<Drill>([FAILOVER, SNAPSHOT, POINT_IN_TIME])(
  '%s, killed after any line of its journal and taken up again, ends as if unbroken',
  async (drill) => {
    const overrides = overridesOf(drill);
    const unbroken = await finished(drill, overrides);
    const left = await leftAfterEachLine(drill, overrides);
    const fallen: string[] = [];
    let kills = 0;
    for (let line = 1; line < unbroken.entries.length; line += 1) {
      // Requests that had left arrive every other time, and are lost with their process otherwise.
      const arrives = line % 2 === 0;
      try {
        const known = arrives ? undefined : left[line - 1];
        const run = await killedAndResumed(drill, { after: [line], arrives, overrides, left: known });
        kills += run.kills;
        expectSameEnd(run, unbroken);
      } catch (error) {
        fallen.push(`killed after line ${line}: ${(error as Error).message}`);
      }
    }
    console.info(`${drill}: ${kills} kill points, ${kills - fallen.length} survived`);
    expect(fallen.slice(0, 3)).toEqual([]);
    expect(kills).toBe(unbroken.entries.length - 1);
  },
  300_000,
);

const SAMPLED = 10;

/** Every line with TORTURE=all, as `npm run torture` has it; otherwise some at which a change is asked for or has been made. */
function tried(entries: readonly Entry[]): readonly Entry[] {
  if (process.env.TORTURE === 'all') return entries.slice(0, -1);
  const changes = entries.filter(({ type }) => type === 'step-applying' || type === 'step-applied');
  const givenUp = entries.filter(({ type }) => type === 'deadline-passed');
  return [...changes.filter((_, index) => index % Math.ceil(changes.length / SAMPLED) === 0), ...givenUp];
}

test.each<[Drill, string, string[]]>([
  [FAILOVER, 'three data stores', []],
  [FAILOVER, 'three data stores, and one is given up late', [SLOW_CACHE]],
  [SWITCHOVER, 'three data stores', []],
])(
  '%s of %s, killed and taken up again, ends as if unbroken',
  async (drill, stores, settings) => {
    const overrides = [THREE_STORES, 'targets.rto=1 h', ...settings];
    const unbroken = await finished(drill, overrides);
    expect(unbroken.outcome).toBe('passed');
    const left = await leftAfterEachLine(drill, overrides);
    const fallen: string[] = [];
    let kills = 0;
    for (const { seq } of tried(unbroken.entries)) {
      const arrives = seq % 2 === 0;
      try {
        const known = arrives ? undefined : left[seq - 1];
        const run = await killedAndResumed(drill, { after: [seq], arrives, overrides, left: known });
        kills += run.kills;
        expectSameEnd(run, unbroken);
        mustStandAsReported(run);
      } catch (error) {
        fallen.push(`killed after line ${seq}: ${(error as Error).message}`);
      }
    }
    console.info(`${drill} of ${stores}: ${kills} kill points, ${kills - fallen.length} survived`);
    expect(fallen.slice(0, 3)).toEqual([]);
    expect(kills).toBeGreaterThan(5);
  },
  1_800_000,
);

test('the screen of a resumed run names each step that its former process began, and how long it took', async () => {
  const left = await leftAfterEachLine(FAILOVER, []);
  const promoting = left.find(({ entries }) => {
    const last = entries.at(-1);
    return last?.type === 'step-applied' && last.step === 'take-over/orders';
  });
  const run = await killedAndResumed(FAILOVER, { after: [], left: promoting });
  const resumedAt = promoting?.entries.length ?? 0;
  const tell = narrator({ colour: false }, run.entries.slice(0, resumedAt));
  const screen = run.entries.slice(resumedAt).flatMap(tell).join('\n');
  expect(screen).toMatch(/✔ Promote \S+.*\d s/);
  expect(screen).not.toContain('undefined');
});

test('killed several times over, dead for a while each time, a failover ends as if unbroken', async () => {
  const unbroken = await finished(FAILOVER);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 250 }), { minLength: 2, maxLength: 4 }),
      fc.integer({ min: 0, max: 20_000 }),
      fc.boolean(),
      async (lines, deadMs, arrives) => {
        const after = [...new Set(lines)].sort((a, b) => a - b);
        const run = await killedAndResumed(FAILOVER, { after, deadMs, arrives, overrides: ['targets.rto=1 h'] });
        expect(run.kills).toBeGreaterThan(0);
        expectSameEnd(run, unbroken);
      },
    ),
    { numRuns: 15 },
  );
});

test('the time in which nobody ran the drill counts', async () => {
  const line = 1 + (await finished(FAILOVER)).entries.findIndex(({ type }) => type === 'impaired');
  const run = await killedAndResumed(FAILOVER, { after: [line], deadMs: 200_000 });
  expect(run.outcome).toBe('target-missed');
  expect(run.reason).toMatch(/^RTO missed by/);
  expect(run.of('run-resumed')).toMatchObject([{ deadMs: 200_000, tornBytes: 0 }]);
});

test('a failure that nobody could date any more counts from when it was asked for', async () => {
  const { of, entries } = await finished(FAILOVER);
  const asked = entries.find((entry) => entry.type === 'step-applying' && entry.step === 'bring-about-failure');
  const meanwhile = ({ ports }: SimulatedWorld) => ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
  const run = await killedAndResumed(FAILOVER, { after: [asked?.seq ?? 0], meanwhile });
  expect(of('impaired')[0]).not.toHaveProperty('since');
  expect(run.of('impaired')).toMatchObject([{ since: asked?.at }]);
});
