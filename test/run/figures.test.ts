import { describe, expect, test } from 'vitest';
import { dataLoss } from '../../src/measure/data-loss.ts';
import { isKnown } from '../../src/measure/figure.ts';
import { recoveryTime } from '../../src/measure/recovery-time.ts';
import { FAILOVER, type Finished, finished } from './drill.ts';

const PROBE_EVERY_MS = 1_000;
/** Resolvers that keep no answer: customers follow DNS at once, and not when the answer they keep has run out. */
const NO_CACHE = 'topology.traffic.public.ttl=0';

function rtoMs({ entries }: Finished): number {
  const { total } = recoveryTime(entries);
  return isKnown(total) ? total.ms : Number.NaN;
}

function rpoMs({ entries }: Finished): number {
  const { loss } = dataLoss(entries);
  return isKnown(loss) ? loss.ms : Number.NaN;
}

function rowsLost({ entries }: Finished): number {
  const { rows } = dataLoss(entries);
  return 'unknown' in rows ? Number.NaN : rows.lost;
}

describe('where everything waits for the promotion', () => {
  const promotion = (seconds: number) =>
    finished(FAILOVER, [
      `simulation.promotion.takes=${seconds} s`,
      'simulation.nodes.takes=30 s',
      'simulation.pods.takes=10 s',
      NO_CACHE,
    ]);

  test.each([20, 30, 60])(
    'a promotion that takes %i s longer makes the recovery longer by just that',
    async (longer) => {
      const usual = rtoMs(await promotion(120));
      const slow = rtoMs(await promotion(120 + longer));
      expect(Math.abs(slow - usual - longer * 1_000)).toBeLessThanOrEqual(PROBE_EVERY_MS);
    },
  );
});

describe('where everything waits for the nodes', () => {
  const promotion = (seconds: number) =>
    finished(FAILOVER, [`simulation.promotion.takes=${seconds} s`, 'simulation.nodes.takes=200 s', NO_CACHE]);

  test.each([60, 90])('a promotion of %i s instead of 30 s costs the customers nothing', async (seconds) => {
    expect(rtoMs(await promotion(seconds))).toBe(rtoMs(await promotion(30)));
  });
});

test('the further the replica is behind, the more is lost, in time and in rows', async () => {
  const lags = [0, 0.4, 1, 2, 5, 10];
  const runs = await Promise.all(lags.map((lag) => finished(FAILOVER, [`simulation.replicationLag=${lag} s`])));
  const losses = runs.map(rpoMs);
  const rows = runs.map(rowsLost);
  expect([losses[0], rows[0]]).toEqual([0, 0]);
  expect(losses).toEqual(losses.toSorted((a, b) => a - b));
  expect(new Set(losses).size).toBe(lags.length);
  // A row every 200 ms.
  expect(rows).toEqual(losses.map((ms) => Math.round(ms / 200)));
});

test('a replica that is far behind is watched for longer, so that what is lost can be counted', async () => {
  const run = await finished(FAILOVER, ['simulation.replicationLag=35 s']);
  expect(Math.abs(rpoMs(run) - 35_000)).toBeLessThan(10_000);
  expect(rowsLost(run)).toBe(Math.round(rpoMs(run) / 200));
  const baseline = run.of('step-ended').find(({ step }) => step === 'baseline/orders');
  expect([run.outcome, baseline?.outcome]).toEqual(['passed', 'ok']);
});

test('the lag does not change how long the recovery takes', async () => {
  const [near, far] = await Promise.all(
    ['0.4 s', '10 s'].map((lag) => finished(FAILOVER, [`simulation.replicationLag=${lag}`])),
  );
  expect(rtoMs(far as Finished)).toBe(rtoMs(near as Finished));
});
