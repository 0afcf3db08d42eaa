import { expect, test } from 'vitest';
import type { Entry } from '../../src/journal/events.ts';
import { FAILOVER, SNAPSHOT, shipped } from '../run/drill.ts';
import { type Around, type LiveRun, liveRun } from './live-run.ts';
import { violations } from './oracle.ts';

const AWAY_MS = 40_000;

/** The session ends when such an entry is written, for the first time, and comes back after a while. */
function endsAt(isThen: (entry: Entry) => boolean, awayMs = AWAY_MS) {
  let ended = false;
  return (entry: Entry, { chaos, clock }: Around) => {
    if (ended || !isThen(entry)) return;
    ended = true;
    chaos.change({ expiredCredentials: true });
    clock.setTimeout(() => chaos.change({ expiredCredentials: false }), awayMs);
  };
}

/** How often the session ended and came back. What it is told with may become more exact meanwhile, once. */
function pauses(run: LiveRun): [ended: number, renewed: number] {
  const told = run.of('session-ended').length;
  return [told === 2 ? 1 : told, run.of('session-renewed').length];
}

/** At the beginning of each step, and with TORTURE=live after each change as well. */
const moments =
  process.env.TORTURE === 'live' ? (['step-started', 'step-applied'] as const) : (['step-started'] as const);

test('a regional failover goes on when a session that ended in any of its steps is renewed', async () => {
  const loaded = shipped(FAILOVER);
  const unbroken = await liveRun(loaded);
  const steps = [...new Set(unbroken.of('step-started').map(({ step }) => step))];
  const wrong: string[] = [];
  let paused = 0;
  for (const step of steps) {
    for (const type of moments) {
      const isThen = (entry: Entry) => entry.type === type && entry.step === step;
      const run = await liveRun(loaded, [], { onEntry: endsAt(isThen) }).catch(String);
      if (typeof run === 'string') wrong.push(`${type} ${step}: ${run}`);
      else {
        const [ended, renewed] = pauses(run);
        paused += ended;
        if (ended !== renewed || ended > 1)
          wrong.push(`${type} ${step}: ended ${ended} times, renewed ${renewed} times`);
        wrong.push(...violations(run, unbroken).map((what) => `${type} ${step}: ${what}; ${run.reason}`));
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(paused).toBeGreaterThan(steps.length / 2);
});

test('undo waits for a new session, too', async () => {
  const overrides = ['simulation.restore.fails=true'];
  const loaded = shipped(SNAPSHOT, overrides);
  const unbroken = await liveRun(loaded, overrides);
  const run = await liveRun(loaded, overrides, { onEntry: endsAt(({ type }) => type === 'undo-started') });
  expect([run.outcome, run.reason]).toEqual([unbroken.outcome, unbroken.reason]);
  const undone = (one: LiveRun) => one.of('undo-ended').map(({ step, outcome }) => [step, outcome]);
  expect(undone(unbroken)).not.toEqual([]);
  expect(undone(run)).toEqual(undone(unbroken));
  expect(pauses(run)).toEqual([1, 1]);
  expect(run.standing).toEqual(unbroken.standing);
});

test('the clean-up of a restore waits for a new session, and leaves nothing behind', async () => {
  const isThen = (entry: Entry) => entry.type === 'step-started' && entry.step === 'delete-restored/orders';
  const run = await liveRun(shipped(SNAPSHOT), [], { onEntry: endsAt(isThen) });
  expect([run.outcome, pauses(run)]).toEqual(['passed', [1, 1]]);
  expect(run.standing).toEqual(run.before);
});

test.each(['fence/orders', 'take-over/orders', 'scale/shop/nodes', 'verify/public'])(
  'a session that does not come back in time during %s suspends the run, which is resumed to its end',
  async (step) => {
    const overrides = ['session.renewWithin=2 min', 'targets.rto=1 h'];
    const loaded = shipped(FAILOVER, overrides);
    const unbroken = await liveRun(loaded, overrides);
    const isThen = (entry: Entry) => entry.type === 'step-started' && entry.step === step;
    const run = await liveRun(loaded, overrides, {
      onEntry: endsAt(isThen, 3_600_000),
      async whenSuspended({ chaos, clock }) {
        await clock.sleep(60_000);
        chaos.change({ expiredCredentials: false });
      },
    });
    expect(run.of('run-suspended')).toHaveLength(1);
    expect(run.of('run-resumed')).toHaveLength(1);
    expect(violations(run, unbroken)).toEqual([]);
  },
);
