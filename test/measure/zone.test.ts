import { expect, test } from 'vitest';
import { zoneTurn } from '../../src/measure/zone.ts';
import { reportOf } from '../../src/report/model.ts';
import { FAILOVER, finished } from '../run/drill.ts';

test('the zone’s own name servers turn before customers are served again, by no more than a TTL and what follows', async () => {
  const { entries, of } = await finished(FAILOVER);
  const turned = zoneTurn(entries);
  const { recovery, timeline, zoneTurned } = reportOf(entries, { journalHash: 'a'.repeat(64) });
  expect(turned).toMatchObject({ source: 'measured', errorMs: 1_000 });
  expect(zoneTurned).toEqual({ ...turned, source: 'simulated' });
  const ms = 'ms' in turned ? turned.ms : Number.NaN;
  const served = 'ms' in recovery.total ? recovery.total.ms : Number.NaN;
  expect(served - ms).toBeGreaterThan(-1_000);
  expect(served - ms).toBeLessThan(31_000);
  expect(timeline.markers.map(({ marker }) => marker)).toContain('zone');
  // Only what changes is in the journal.
  expect(of('zone-answer').length).toBeLessThan(5);
});

test('where they never turn, that is said', async () => {
  const { entries } = await finished(FAILOVER, ['simulation.healthCheck.stuck=true']);
  expect(zoneTurn(entries)).toEqual({ unknown: expect.stringContaining('never gave') });
  const { entries: never } = await finished(FAILOVER, [
    'simulation.replicationLag=90 s',
    'simulation.approval.refuses=true',
  ]);
  expect(zoneTurn(never)).toHaveProperty('unknown');
});
