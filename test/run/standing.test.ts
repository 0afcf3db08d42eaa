import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { reportOf } from '../../src/report/model.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { scratch } from '../drill/files.ts';
import { finished, rehearsed } from './drill.ts';

const checksOf = (run: Awaited<ReturnType<typeof finished>>) =>
  Object.fromEntries(
    run.entries.flatMap((entry) =>
      entry.type === 'check' && entry.layer === 'verification' ? [[entry.check, `${entry.ok}: ${entry.detail}`]] : [],
    ),
  );

test('a recovered platform is at its full size, without an alarm, and backed up; what it lacks is found', async () => {
  const run = await finished('multi-region-failover');
  expect(run.outcome).toBe('passed');
  expect(checksOf(run)).toMatchObject({
    capacity: 'true: nodes and pods are all ready',
    'alarms-quiet': 'true: shop-error-rate: no alarm',
    'backups-enabled': 'true: kept for 7 days; the first backup is done',
  });
  const { findings } = reportOf(run.entries, { journalHash: '' });
  expect(findings.map(({ what }) => what)).toContain('the new writer ecommerce-db-dr-replica has no replica');
});

test('a retention alone is no backup: without a first backup of the new writer the verification fails', async () => {
  const run = await finished('multi-region-failover', ['simulation.promotion.backup=2 h']);
  expect([run.outcome, run.reason]).toEqual([
    'target-missed',
    expect.stringMatching(/backups-enabled \(kept for 7 days, but its first backup is not done after 10 min/),
  ]);
});

test('a cluster that should serve, and is not at its full size, is no recovery', async () => {
  const path = scratch().write(
    'size.yaml',
    [
      'drill: size',
      'title: See a region that waits as one that serves',
      'machine: custom',
      `topology: ${process.cwd()}/test/platforms/pair.yaml`,
      'targets: { rto: null, rpo: null }',
      'phases:',
      '  - phase: verify',
      '    steps: [{ step: size, uses: compute.prove }]',
    ].join('\n'),
  );
  const run = await rehearsed(loadDrill(path, { vocabulary }));
  expect(run.outcome).toBe('target-missed');
  expect(checksOf(run).capacity).toMatch(
    /^false: \d of 9 nodes of .* are ready; \d of 9 pods of order-service are ready/,
  );
});

test('an alarm that is not there stops the drill before it begins', async () => {
  const run = await finished('multi-region-failover', ['topology.traffic.public.service.alarms=[orders-stopped]']);
  expect([run.outcome, run.reason]).toEqual(['rolled-back', expect.stringMatching(/^preflight: .*orders-stopped/)]);
  expect(run.of('impaired')).toEqual([]);
});
