import { describe, expect, test } from 'vitest';
import { reportOf } from '../../src/report/model.ts';
import { changesMade, FAILOVER, type Finished, finished, THREE_STORES } from './drill.ts';
import { killedAndResumed, leftAfterEachLine } from './killed.ts';

/** The applications cannot be pointed at the new writer in time: behind the promotion, which holds the run. */
const TOO_SLOW = 'deadlines.point=3s';
const decides = (...turns: object[]) => `simulation.whenHeld=${JSON.stringify(turns)}`;
const RETRY = { choose: 'retry', after: '1 min', why: 'the pods have restarted by now' };

const reportOn = ({ entries }: Finished) => reportOf(entries, { journalHash: '' });

describe('a failover whose step fails behind a change of no return', () => {
  test('waits for a person, does what failed again, and does nothing twice', async () => {
    const run = await finished(FAILOVER, [TOO_SLOW, decides(RETRY)]);
    expect(run.outcome).toBe('passed');
    expect(run.of('person-wanted')).toMatchObject([
      { choices: ['retry', 'skip', 'take-over', 'roll-back', 'give-up'], steps: ['point/shop'] },
    ]);
    for (const operation of ['PromoteReadReplica', 'UpdateNodegroupConfig'])
      expect(changesMade(run, operation), operation).toBe(1);
    const begun = run.of('step-started').map(({ step }) => step);
    expect(begun.filter((step) => step === 'point/shop')).toHaveLength(2);
    expect(new Set(begun).size).toBe(begun.length - 1);
  });

  test('counts the time in which it was held, and shows who decided, when and why', async () => {
    const smooth = reportOn(await finished(FAILOVER));
    const run = reportOn(
      await finished(FAILOVER, [TOO_SLOW, 'targets.rto=1 h', decides({ ...RETRY, after: '10 min' })]),
    );
    const [before, held] = [smooth, run].map(({ recovery }) =>
      'ms' in recovery.total ? recovery.total.ms : Number.NaN,
    );
    expect((held ?? 0) - (before ?? 0)).toBeGreaterThan(570_000);
    expect(run.recovery.person).toMatchObject({ ms: 600_000 });
    expect(run.approvals).toMatchObject([
      {
        by: 'simulated incident commander',
        choice: 'retry',
        reason: 'the pods have restarted by now',
        waitedMs: 600_000,
        through: 'simulated',
      },
    ]);
    // The second walk through the course is no second stay in its phases.
    expect(run.timeline.phases.filter(({ phase }) => phase === 'detect')).toHaveLength(1);
    expect(run.timeline.phases.filter(({ phase }) => phase === 'execute')).toHaveLength(2);
    expect(run.takenOver).toEqual([{ of: 'orders', standing: 'taken over' }]);
    expect(run.aftermath.held).toEqual([]);
  });

  test('keeps watching its customers while it is held', async () => {
    const run = await finished(FAILOVER, [TOO_SLOW, 'targets.rto=1 h', decides({ ...RETRY, after: '10 min' })]);
    const [wanted] = run.of('person-wanted');
    const fromMs = Date.parse(wanted?.at ?? '');
    const seen = run.visits().filter(({ at }) => at > fromMs && at < fromMs + 600_000);
    expect(seen.length).toBeGreaterThan(8 * 500);
  });

  test('ends as failed where nobody decides, or somebody gives up', async () => {
    const nobody = await finished(FAILOVER, [TOO_SLOW, decides({ ...RETRY, after: '2 h' })]);
    expect(nobody.outcome).toBe('failed');
    const [wanted] = nobody.of('person-wanted');
    expect(nobody.entries.at(-1)?.at).toBe(wanted?.until);
    const gaveUp = await finished(FAILOVER, [TOO_SLOW, decides({ choose: 'give-up' })]);
    expect(gaveUp.outcome).toBe('failed');
    expect(gaveUp.of('continued')).toMatchObject([{ choice: 'give-up' }]);
  });

  test('goes on without a step that a person skips with a reason, and never ticks it', async () => {
    const skip = { choose: 'skip', step: 'verify/shop', why: 'capacity is known to come later' };
    const run = await finished(FAILOVER, ['deadlines.verify/shop=1ms', decides(skip)]);
    expect(run.outcome).toBe('passed');
    const [ended] = run.of('step-ended').filter(({ step, outcome }) => step === 'verify/shop' && outcome === 'ok');
    expect(ended?.notDone).toBe('simulated incident commander skipped it: capacity is known to come later');
  });

  test('takes what a person did by hand for done only where it shows', async () => {
    const byHand = { choose: 'take-over', step: 'point/shop', after: '1 min' };
    const done = await finished(FAILOVER, [TOO_SLOW, decides(byHand)]);
    expect(done.outcome).toBe('passed');
    expect(done.of('step-applying').filter(({ step }) => step === 'point/shop')).toHaveLength(1);
    const untrue = await finished(FAILOVER, [
      'deadlines.shift/public=1ms',
      decides({ choose: 'take-over', step: 'shift/public' }, { choose: 'retry' }),
    ]);
    const failures = untrue.of('step-ended').filter(({ step, outcome }) => step === 'shift/public' && outcome !== 'ok');
    expect(failures.length).toBeGreaterThan(1);
  });

  test('refuses to leave out what keeps a second writer away, and goes on waiting', async () => {
    const run = await finished(FAILOVER, [
      'deadlines.take-over=20 s',
      'onFailure=hold',
      decides({ choose: 'skip', step: 'take-over/orders', why: 'it takes too long' }, RETRY),
      'held.waitFor=5 min',
    ]);
    expect(run.of('continuation-refused')).toMatchObject([
      { choice: 'skip', why: expect.stringContaining('take-over/orders cannot be skipped') },
    ]);
  });
});

test('a drill that holds is rolled back when a person says so', async () => {
  const overrides = ['onFailure=hold', 'deadlines.fence=7 s'];
  const held = await finished(FAILOVER, overrides);
  expect([held.outcome, held.of('undo-ended')]).toEqual(['failed', []]);
  const run = await finished(FAILOVER, [...overrides, decides({ choose: 'roll-back', why: 'not today' })]);
  expect(run.outcome).toBe('rolled-back');
  expect(run.of('continued')).toMatchObject([{ choice: 'roll-back', why: 'not today' }]);
  expect(run.standing).toEqual(run.before);
});

test('of three data stores, what went back is taken over again, and what was held is not touched', async () => {
  const overrides = [THREE_STORES, 'targets.rto=2 h', 'deadlines.point=1s'];
  const run = await finished(FAILOVER, [...overrides, decides(...Array.from({ length: 4 }, () => RETRY))]);
  expect(run.outcome).toBe('passed');
  expect(changesMade(run, 'PromoteReadReplica')).toBe(1);
  expect(new Set(reportOn(run).takenOver.map(({ standing }) => standing))).toEqual(new Set(['taken over']));
});

test('a held run, killed after any line of its journal and taken up again, decides once and ends as if unbroken', async () => {
  const overrides = [TOO_SLOW, 'targets.rto=1 h', decides(RETRY, RETRY)];
  const unbroken = await finished(FAILOVER, overrides);
  const left = await leftAfterEachLine(FAILOVER, overrides);
  const held = unbroken.entries.findIndex(({ type }) => type === 'person-wanted');
  const gone = unbroken.entries.findIndex(
    ({ type, ...entry }) => type === 'step-ended' && 'step' in entry && entry.step === 'shift/public',
  );
  const fallen: string[] = [];
  for (let line = held - 20; line <= gone; line += 1) {
    const run = await killedAndResumed(FAILOVER, { after: [line], overrides, left: left[line - 1] });
    const decided = run.of('continued').length;
    const twice = run.of('step-applying').filter(({ step }) => step === 'take-over/orders').length;
    if (run.outcome !== 'passed' || decided > 1 || twice !== 1)
      fallen.push(`killed after line ${line}: ${run.outcome}, ${decided} decisions, ${run.reason}`);
  }
  expect(fallen).toEqual([]);
  expect(gone - held).toBeGreaterThan(20);
}, 300_000);
