import { expect, test } from 'vitest';
import { FAILOVER, finished, SNAPSHOT } from './drill.ts';

const OWN =
  'dataChecks.checks=[{ check: enough, title: Enough orders, expect: "value >= 100", sql: select count(*) from orders }]';

test('a simulated database runs no SQL of the user’s own, and says so instead of passing it', async () => {
  const { outcome, of } = await finished(SNAPSHOT, [OWN]);
  expect(outcome).toBe('passed');
  expect(of('data-check').find(({ check }) => check === 'enough')).toMatchObject({
    ok: null,
    detail: expect.stringContaining('simulation.checks.enough'),
  });
});

test('what it would find can be said, and then decides', async () => {
  const finding = (count: number) => finished(FAILOVER, [OWN, `simulation.checks.enough=[{ count: ${count} }]`]);
  expect((await finding(100)).outcome).toBe('passed');
  const { outcome, reason } = await finding(99);
  expect([outcome, reason]).toEqual(['target-missed', 'data check failed: Enough orders (99, where >= 100 is wanted)']);
});

test('checks of one’s own alone, none of them made, prove nothing', async () => {
  const { outcome, reason } = await finished(SNAPSHOT, [OWN, 'dataChecks.shipped=false', 'dataChecks.tables=[]']);
  expect([outcome, reason]).toEqual(['target-missed', 'no data check was made']);
});
