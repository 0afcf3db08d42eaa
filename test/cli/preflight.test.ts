import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drDrill, here, newFolder } from './command.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';
const SNAPSHOT = 'drills/snapshot-restore.yaml';
const STOPS = ['--set', 'topology.data.orders.writer.quarantineSecurityGroup=sg-0a1b2c3d4e5f60001'];

describe('preflight', () => {
  test('shows topology and account side by side, and that nothing stops the drill', async () => {
    const { exitCode, out, err } = await drDrill(['preflight', FAILOVER]);
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('the simulated account 111122223333: read only, nothing is changed.');
    expect(out).toMatch(/^ {2}STATUS +WHAT +TOPOLOGY SAYS +ACCOUNT SAYS$/m);
    expect(out).toMatch(/^ {2}ok +ecommerce-db-primary class +db\.r6g\.xlarge +db\.r6g\.xlarge$/m);
    expect(out).toMatch(/^ {2}note 3 {6}tokyo has no health check\n {2}why {9}(?:.+\n)+ {2}fix {9}.*aws route53/m);
    expect(out).toMatch(/^ {2}note 3 +shop\.example\.com tokyo health check +none +none$/m);
    expect(out).toContain('Nothing stops the drill: 0 blockers, 0 warnings, 3 notes.');
  });

  test('ends with 1 where something would stop the drill, and tells that first', async () => {
    const { exitCode, out } = await here(['preflight', FAILOVER, ...STOPS]);
    expect(exitCode).toBe(1);
    expect(out.indexOf('  blocker 1   the quarantine group')).toBeLessThan(out.lastIndexOf('  note 5 '));
    expect(out).toContain('The drill would be stopped: 3 blockers, 1 warning, 3 notes.');
  });

  test('answers in JSON', async () => {
    const { exitCode, out } = await here(['preflight', FAILOVER, '--json', ...STOPS]);
    const answer = JSON.parse(out);
    expect(exitCode).toBe(1);
    expect(answer).toMatchObject({ format: 1, drill: 'multi-region-failover', mode: 'dry-run', exitCode: 1 });
    expect(answer.findings.map(({ severity }: { severity: string }) => severity)).toEqual([
      ...Array(3).fill('blocker'),
      'warning',
      ...Array(3).fill('note'),
    ]);
    expect(answer.rows).toContainEqual({
      what: 'ecommerce-db-primary status',
      topology: 'available',
      account: 'available',
      status: 'ok',
      findings: [],
    });
  });

  test.each([
    ['ecommerce-db-primary parameter group', 'warning', 'instances.writer.DBParameterGroup=other'],
    ['ecommerce-db-primary Multi-AZ', 'warning', 'instances.writer.MultiAZ=false'],
    ['ecommerce-db-primary deletion protection', 'warning', 'instances.writer.DeletionProtection=false'],
    ['ecommerce-db-dr-replica backups of its own', 'ok', 'instances.replica.BackupRetentionPeriod=7'],
  ])('%s is at %s where that is what is wrong with it', async (what, status, change) => {
    const { out } = await here(['preflight', FAILOVER, '--json', '--set', `simulation.${change}`]);
    const { rows, findings } = JSON.parse(out);
    const row = rows.find((one: { what: string }) => one.what === what);
    expect(row).toMatchObject({ status });
    const told = findings.filter((one: { what: string }) => row.findings.includes(one.what));
    expect(told.map((one: { severity: string }) => one.severity)).toEqual(status === 'ok' ? [] : [status]);
    // Each finding stands at one row at least, and none at a row that is in order.
    const named = rows.flatMap((one: { findings: string[] }) => one.findings);
    expect([...new Set(named)].sort()).toEqual(findings.map((one: { what: string }) => one.what).sort());
  });

  test('compares the replica with the writer by all that a copy may lack', async () => {
    const exports = 'simulation.instances.writer.EnabledCloudwatchLogsExports=[postgresql]';
    for (const drill of [FAILOVER, 'drills/planned-switchover.yaml']) {
      const { exitCode, out } = await here(['preflight', drill, '--set', exports, '--json']);
      expect(exitCode).toBe(0);
      expect(JSON.parse(out).findings).toContainEqual({
        severity: 'warning',
        subject: 'ecommerce-db-dr-replica',
        what: 'ecommerce-db-dr-replica differs from ecommerce-db-primary in CloudWatch log exports: none instead of postgresql',
        why: 'Its logs are missing where alarms and auditors look for them.',
        fix: expect.stringContaining('--cloudwatch-logs-export-configuration \'{"EnableLogTypes":["postgresql"]}\''),
      });
    }
  });

  test('takes snapshots of AWS Backup for recovery points', async () => {
    const by = 'topology.data.orders.backups={by: aws-backup}';
    const { exitCode, out } = await here(['preflight', SNAPSHOT, '--set', by]);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/newest snapshot +at most 1 d old +2026-01-04T05:00/)]);
  });

  test('gives the same answer each time', async () => {
    const [once, again] = await Promise.all([drDrill, here].map((ask) => ask(['preflight', SNAPSHOT, '--json'])));
    expect(once).toEqual(again);
  });

  test('ends with 2 where there is no such drill', async () => {
    expect((await here(['preflight', 'drills/none.yaml'])).exitCode).toBe(2);
  });
});

describe('iam-policy', () => {
  test('prints a policy and nothing else; that it is long stands on stderr', async () => {
    const { exitCode, out, err } = await drDrill(['iam-policy', FAILOVER]);
    expect([exitCode, err]).toEqual([0, expect.stringMatching(/^This policy has [\d,]+ characters .*\n$/)]);
    expect(JSON.parse(out)).toMatchObject({ Version: '2012-10-17' });
    expect(out).toContain('rds:PromoteReadReplica');
  });

  test('prints less for a run that only reads, and least for a preflight', async () => {
    const [live, readOnly, preflight] = await Promise.all(
      ['live', 'read-only', 'preflight'].map((purpose) => here(['iam-policy', SNAPSHOT, '--for', purpose])),
    );
    expect(live?.out).toContain('rds:RestoreDBInstanceFromDBSnapshot');
    expect(readOnly?.out).not.toContain('rds:RestoreDBInstanceFromDBSnapshot');
    expect(preflight?.out.length).toBeLessThanOrEqual(readOnly?.out.length ?? 0);
  });

  test('writes it to a file', async () => {
    const path = join(newFolder(), 'policy.json');
    const { exitCode, out } = await here(['iam-policy', FAILOVER, '-o', path]);
    expect([exitCode, out]).toEqual([0, `The policy is in ${path}\n`]);
    expect(readFileSync(path, 'utf8')).toBe((await here(['iam-policy', FAILOVER])).out);
  });

  test.each([
    ['a purpose that there is not', ['iam-policy', FAILOVER, '--for', 'root']],
    ['a file that cannot be written', ['iam-policy', FAILOVER, '-o', '/none/policy.json']],
    ['a drill that there is not', ['iam-policy', 'drills/none.yaml']],
  ])('ends with 2 for %s', async (_, args) => {
    expect((await here(args)).exitCode).toBe(2);
  });
});
