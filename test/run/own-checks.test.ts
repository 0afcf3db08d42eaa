import { describe, expect, test } from 'vitest';
import { type Drill, FAILOVER, finished, POINT_IN_TIME, SNAPSHOT } from './drill.ts';

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

test('a table that the simulated shop does not have is not counted, and neither passes nor fails', async () => {
  const { outcome, of } = await finished(FAILOVER, [
    'dataChecks={ tables: [orders, invoices], checksums: [invoices] }',
  ]);
  expect(outcome).toBe('passed');
  const tables = of('data-check').flatMap(({ check, ok }) => (/^(rows|checksum)-of/.test(check) ? [[check, ok]] : []));
  expect(tables).toEqual([
    ['rows-of-orders', true],
    ['rows-of-invoices', null],
    ['checksum-of-invoices', null],
  ]);
});

test('what our own checks would find can be said as well', async () => {
  const { reason } = await finished(SNAPSHOT, ['simulation.checks={ indexes: [{ id: orders_created_at }] }']);
  expect(reason).toBe('data check failed: Every index is valid (1 found)');
});

describe('checksums', () => {
  const ALL = 'dataChecks.checksums=[customers, products, orders, order_items]';
  const sums = async (name: Drill, ...overrides: string[]) => {
    const { of } = await finished(name, [ALL, ...overrides]);
    return of('data-check').flatMap(({ check, ok }) => (check.startsWith('checksum-of') ? [ok] : []));
  };

  test.each<Drill>([FAILOVER, SNAPSHOT, POINT_IN_TIME])('are the same when nothing is missing: %s', async (name) => {
    expect(await sums(name)).toEqual([true, true, true, true]);
  });

  test('tell what row counts within their tolerance do not', async () => {
    const { of } = await finished(SNAPSHOT, [ALL, 'simulation.restore.losesRows=40']);
    const orders = of('data-check').filter(({ check }) => check.endsWith('-of-orders'));
    expect(orders.map(({ check, ok }) => [check, ok])).toEqual([
      ['rows-of-orders', true],
      ['checksum-of-orders', false],
    ]);
  });

  test('are not asked for unless a drill wants them', async () => {
    const { of } = await finished(SNAPSHOT);
    expect(of('data-check').filter(({ check }) => check.startsWith('checksum-of'))).toEqual([]);
  });
});
