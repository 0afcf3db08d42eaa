import { describe, expect, test } from 'vitest';
import { narrator } from '../../src/cli/narrate.ts';
import { reportOf } from '../../src/report/model.ts';
import { FAILOVER, type Finished, REPLICA, SNAPSHOT, WRITER } from './drill.ts';
import { type Account, finishedIn } from './prepared-account.ts';

test('without a login a failover passes on the replica lag, which is called estimated', async () => {
  const { outcome, reason, entries, standing, of } = await finishedIn({ withoutLogin: true }, FAILOVER);
  expect([outcome, reason]).toEqual(['passed', 'every target was met']);
  expect(standing.writers).toEqual([REPLICA]);
  const report = reportOf(entries, { journalHash: '' });
  expect(report.dataLoss.loss).toMatchObject({ source: 'estimated' });
  expect(report.dataLoss.rows).toEqual({ unknown: 'no heartbeat rows were written' });
  expect(report.verdict.sentence).toContain('the data was not checked');
  expect(of('heartbeats')).toEqual([]);
  expect(of('data-check')).toEqual([]);
  // That the old writer takes no writes could not be seen, and is said.
  expect(of('check').map(({ check }) => check)).not.toContain('single-writer');
  expect(
    of('finding')
      .map(({ what }) => what)
      .join(),
  ).toContain(`could not prove that ${WRITER} takes no writes`);
});

describe('the loss of a writer that nobody can log in to', () => {
  const lost = 'database-failure';
  const failed = (of: Finished['of']) => [...new Set(of('check').flatMap(({ check, ok }) => (ok ? [] : [check])))];

  test('is detected by what RDS says of it, and the report says what was not measured', async () => {
    const { entries, of } = await finishedIn({ withoutLogin: true }, lost);
    const detected = of('step-ended').find(({ step }) => step === 'detect-failure');
    expect(detected?.result).toMatchObject({ writerUnreachable: true });
    expect(failed(of)).toContain('database-status/orders');
    expect(of('step-ended').find(({ step }) => step.startsWith('take-over'))?.outcome).toBe('ok');
    const { findings } = reportOf(entries, { journalHash: '' });
    expect(findings.map(({ what }) => what)).toContain(
      `whether ${WRITER} takes writes is not measured: there is no login`,
    );
  });

  test('is detected by what RDS says of the instance that leads its cluster', async () => {
    const { entries, of } = await finishedIn({ withoutLogin: true }, lost, [
      'topology=test/platforms/aurora-behind-one-name.yaml',
    ]);
    const detected = of('step-ended').find(({ step }) => step === 'detect-failure');
    expect(detected?.result).toMatchObject({ writerUnreachable: true });
    const status = of('check').find(({ check, ok }) => check === 'database-status/ledger' && !ok);
    expect(status?.detail).toBe('its writer ledger-frankfurt-1 is failed');
    const { findings } = reportOf(entries, { journalHash: '' });
    expect(findings.map(({ what }) => what)).toContain(
      'whether ledger-frankfurt takes writes is not measured: there is no login',
    );
  });

  test('is detected by customers who are not served, where RDS does not say how it stands', async () => {
    const through: Account['through'] = (transport) => ({
      send: (service, region, operation, input, signal) => {
        if (operation !== 'DescribeDBInstances') return transport.send(service, region, operation, input, signal);
        return transport.send(service, region, operation, input, signal).then((answer) => ({
          ...(answer as object),
          DBInstances: (answer as { DBInstances: object[] }).DBInstances.map((one) => ({
            ...one,
            DBInstanceStatus: 'available',
          })),
        }));
      },
    });
    const { of } = await finishedIn({ withoutLogin: true, through }, lost);
    const detected = of('step-ended').find(({ step }) => step === 'detect-failure');
    expect(detected?.result).toMatchObject({ writerUnreachable: false });
    expect(failed(of)).toContain('public-door/public');
  });
});

test('without a login a restore proves nothing, and never switches over', async () => {
  const { outcome, reason, before, standing } = await finishedIn({ withoutLogin: true }, SNAPSHOT, [
    'afterwards=switch-over',
  ]);
  expect(outcome).toBe('target-missed');
  expect(reason).toContain('no data check was made');
  expect(standing).toEqual(before);
});

test('what nobody could do without a login is shown as not done, and no figure rests on it', async () => {
  const { outcome, reason, entries, of } = await finishedIn({ withoutLogin: true }, 'aurora-global-failover');
  const notDone = of('step-ended').filter((one) => one.notDone !== undefined);
  expect(notDone.map(({ step }) => step)).toEqual(
    expect.arrayContaining(['at-home', 'prove-away', 'rejoined', 'prove-home']),
  );
  expect(outcome).toBe('target-missed');
  expect(reason).toContain('was not done: nobody can log in to the database');
  const report = reportOf(entries, { journalHash: '' });
  expect(report.recovery.total).toEqual({
    unknown: expect.stringMatching(/^the step \S+ was not done: nobody can log in/),
  });
  const tell = narrator({ colour: false });
  const lines = entries.flatMap(tell);
  expect(lines.filter((line) => line.includes('✔ See ecommerce-aurora'))).toEqual([]);
  expect(lines.join('\n')).toMatch(
    /– Check that ecommerce-aurora-recovery takes a write.* not done: nobody can log in/,
  );
});

test('without a login the baseline says at once that it cannot measure the lag, and has people decide', async () => {
  const { outcome, of } = await finishedIn({ withoutLogin: true }, FAILOVER, [
    'simulation.idle=true',
    'baseline.lasts=30 s',
    'stop={ replicationLag: 1 h }',
    'simulation.approval.silent=[on-call engineer, team lead, architect, CTO]',
  ]);
  const baseline = of('step-ended').find(({ step }) => step === 'baseline/orders');
  const started = of('step-started').find(({ step }) => step === 'baseline/orders');
  const [asked] = of('approval-asked');
  expect([outcome, asked?.question, baseline?.error?.message]).toEqual([
    'rolled-back',
    expect.stringMatching(/behind; the drill allows .* Without a login to the database this cannot be measured/),
    expect.stringMatching(/behind; the drill allows .* It was not approved/),
  ]);
  expect((asked?.ms ?? 0) - (started?.ms ?? 0)).toBeLessThan(35_000);
});
