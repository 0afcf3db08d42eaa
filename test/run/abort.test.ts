import { describe, expect, test, vi } from 'vitest';
import { mustStandAsReported } from './as-reported.ts';
import {
  type Drill,
  FAILOVER,
  type Finished,
  finished,
  POINT_IN_TIME,
  SLOW_CACHE,
  SNAPSHOT,
  SWITCHOVER,
  THREE_STORES,
} from './drill.ts';
import { killedAndResumed } from './killed.ts';

// Hundreds of drills, one after another.
vi.setConfig({ testTimeout: 300_000 });

/** Aborts a drill at every so-manieth entry of its journal, until it comes to its end unaborted. */
async function abortedEverywhere(drill: Drill, every: number, overrides: string[] = []): Promise<Finished[]> {
  const runs: Finished[] = [];
  for (let at = 1; ; at += every) {
    const run = await finished(drill, overrides, { abortAt: ({ seq }) => seq === at });
    if (run.of('abort-requested').length === 0) return runs;
    runs.push(run);
  }
}

const isHeld = ({ of }: Finished): boolean => of('held').length > 0;
/** Once the figures are being judged there is nothing left to abort. */
const wasJudged = ({ of }: Finished): boolean => of('phase-entered').some(({ phase }) => phase === 'judge');

function expectSound(runs: Finished[]) {
  for (const run of runs) {
    const at = `aborted at ${run.of('abort-requested')[0]?.seq}`;
    if (!wasJudged(run))
      expect([run.outcome, run.exitCode, run.reason], at).toEqual(['aborted', 4, 'somebody pressed Ctrl-C']);
    expect(
      run.of('undo-ended').filter(({ outcome }) => outcome === 'failed'),
      at,
    ).toEqual([]);
    expect(run.entries.at(-1)?.type, at).toBe('run-ended');
    if (isHeld(run) || wasJudged(run)) continue;
    expect(run.standing, at).toEqual(run.before);
    expect(run.anHourLater.writers(), at).toEqual(run.before.writers);
  }
}

describe('a failover that is aborted at any moment', () => {
  test('is undone before its promotion, and held behind it', async () => {
    const runs = await abortedEverywhere(FAILOVER, 1);
    console.info(`failover: aborted at ${runs.length} lines`);
    expectSound(runs);
    for (const run of runs.filter((one) => !wasJudged(one))) {
      const asked = run
        .of('call')
        .some(({ operation, outcome }) => operation === 'PromoteReadReplica' && outcome === 'ok');
      expect(run.of('held').map(({ step }) => step)).toEqual(asked ? ['take-over/orders'] : []);
    }
    expect(runs.filter(isHeld).length).toBeGreaterThan(5);
    expect(runs.filter((run) => !isHeld(run)).length).toBeGreaterThan(5);
  });

  test.each(['failure.kind=writer-loss', 'simulation.outage.lasts=60 s'])('with %s as well', async (setting) => {
    expectSound(await abortedEverywhere(FAILOVER, 25, [setting]));
  });
});

/** With TORTURE=all, as `npm run torture` has it, at every line. */
const EVERY = process.env.TORTURE === 'all' ? 1 : 97;

test.each<[Drill, string, string[]]>([
  [FAILOVER, 'three data stores', []],
  [FAILOVER, 'three data stores, and one is given up late', [SLOW_CACHE]],
  [SWITCHOVER, 'three data stores', []],
])('%s of %s, aborted at any moment, leaves each where its report says', async (drill, stores, settings) => {
  const runs = await abortedEverywhere(drill, EVERY, [THREE_STORES, ...settings]);
  console.info(`${drill} of ${stores}: aborted at ${runs.length} lines`);
  expectSound(runs);
  for (const run of runs) mustStandAsReported(run);
  expect(runs.some(isHeld)).toBe(true);
  expect(runs.some((run) => !isHeld(run))).toBe(true);
});

/** Of what is under way, some; with TORTURE=all, everything. */
const SAMPLED = process.env.TORTURE === 'all' ? 1 : 5;

const unsuccessful = ({ of }: Finished) =>
  of('step-ended')
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ step, outcome }) => `${step}: ${outcome}`)
    .toSorted();

test.each([FAILOVER, SWITCHOVER] as const)(
  '%s of three data stores, killed before all that an abort stops has ended, ends as one that was not killed',
  async (drill) => {
    const overrides = [THREE_STORES];
    const { entries } = await finished(drill, overrides);
    const asked = entries.filter(({ type }) => type === 'step-applying' || type === 'step-applied');
    const fallen: string[] = [];
    let kills = 0;
    for (const { seq: abortAt } of asked.filter((_, index) => index % SAMPLED === 0)) {
      const unbroken = await killedAndResumed(drill, { after: [], abortAt, overrides });
      const requested = unbroken.of('abort-requested')[0]?.seq ?? 0;
      const ends = unbroken.of('step-ended').filter(({ seq, outcome }) => seq > requested && outcome === 'aborted');
      for (const { seq: after } of [{ seq: requested }, ...ends.slice(0, -1)]) {
        const run = await killedAndResumed(drill, { after: [after], abortAt, overrides, arrives: true });
        kills += run.kills;
        try {
          mustStandAsReported(run);
          expect(run.outcome).toBe(unbroken.outcome);
          expect(unsuccessful(run)).toEqual(unsuccessful(unbroken));
        } catch (error) {
          fallen.push(`aborted at ${abortAt}, killed after ${after}: ${(error as Error).message}`);
        }
      }
    }
    console.info(`${drill}: ${kills} kill points, ${fallen.length} fell`);
    expect(fallen.slice(0, 6)).toEqual([]);
    expect(kills).toBeGreaterThan(5);
  },
);

describe('a restore that is aborted at any moment', () => {
  test.each([SNAPSHOT, POINT_IN_TIME] as const)('%s leaves no test instance behind', async (drill) => {
    const runs = await abortedEverywhere(drill, 1);
    console.info(`${drill}: aborted at ${runs.length} lines`);
    expectSound(runs);
    expect(runs.filter(isHeld)).toEqual([]);
  });

  test('in the middle of its switch-over gives applications their database back, and keeps what they wrote to', async () => {
    const runs = await abortedEverywhere(SNAPSHOT, 1, ['afterwards=switch-over']);
    expectSound(runs);
    const held = runs.filter(isHeld);
    expect(held.length).toBeGreaterThan(0);
    for (const { of, standing, before } of held) {
      expect(of('held').map(({ step }) => step)).toEqual(['point-applications/shop']);
      expect(standing.deployments).toEqual(before.deployments);
      expect(standing.instances.primary).toEqual(['ecommerce-db-primary', 'orders-restore-drill']);
    }
  });
});
