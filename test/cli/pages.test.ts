import { expect, test } from 'vitest';
import { here, runHere } from './command.ts';

/** So many that each list has several pages, Route 53's records of a zone as well. */
const CROWDED = ['--set', 'simulation.neighbours=320'];

test.each([
  'kafka-failover',
  'aurora-global-failover',
  'redis-global-failover',
  'multi-region-failover',
  'planned-switchover',
])('%s passes in an account where what it needs stands on the second page', async (drill) => {
  const { exitCode, err } = await runHere([`drills/${drill}.yaml`, ...CROWDED]);
  expect([exitCode, err]).toEqual([0, '']);
});

test('a quota is compared with all instances of a region, not only with those of the first page', async () => {
  const { out } = await here(['preflight', 'drills/snapshot-restore.yaml', '--json', ...CROWDED]);
  expect(out).toMatch(/"322 of /);
});
