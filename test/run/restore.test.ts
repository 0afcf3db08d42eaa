import { describe, expect, test } from 'vitest';
import { reportOf } from '../../src/report/model.ts';
import { changesMade, type Finished, finished, POINT_IN_TIME, PRIMARY, SNAPSHOT, WRITER } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

const TEST_INSTANCE = { [SNAPSHOT]: 'orders-restore-drill', [POINT_IN_TIME]: 'orders-pitr-drill' } as const;

function expectUntouched({ standing, before }: Finished) {
  expect(standing).toEqual(before);
}

describe.each([SNAPSHOT, POINT_IN_TIME] as const)('%s', (drill) => {
  test('passes, and deletes its test instance', async () => {
    const run = await finished(drill);
    expect([run.outcome, run.exitCode, run.reason]).toEqual(['passed', 0, 'every target was met']);
    expect(changesMade(run, 'DeleteDBInstance')).toBe(1);
    expectUntouched(run);
  });

  test('waits for a person, whose time is a part of the recovery time of its own', async () => {
    const run = await finished(drill, ['simulation.approval.takes=2 min']);
    const { recovery, approvals } = reportOf(run.entries, { journalHash: '' });
    expect(approvals).toMatchObject([{ role: 'on-call engineer', waitedMs: 120_000 }]);
    expect(recovery.parts.find(({ part }) => part === 'approve')?.figure).toMatchObject({
      ms: expect.closeTo(120_000, -4),
    });
    expect(recovery.person).toMatchObject({ ms: expect.closeTo(120_000, -4) });
  });

  test('a refusal ends it before anything is restored', async () => {
    const run = await finished(drill, ['simulation.approval.refuses=true']);
    expect([run.outcome, run.reason]).toEqual(['rolled-back', expect.stringMatching(/^approve: .* refused/)]);
    expect(run.of('call').filter(({ mutating }) => mutating)).toEqual([]);
    expectUntouched(run);
  });

  test('a restore that fails is cleaned up', async () => {
    const run = await finished(drill, ['simulation.restore.fails=true']);
    expect([run.outcome, run.exitCode]).toEqual(['rolled-back', 3]);
    expect(run.reason).toBe(`restore/orders: ${TEST_INSTANCE[drill]} is restore-error, and will not become available.`);
    expectUntouched(run);
  });

  test.each([
    ['restore.losesRows=40', 'Every item has its order (20 found)'],
    ['data.orphanItems=3', 'Every item has its order (3 found)'],
    ['data.orphanOrders=3', 'Every order has its customer (3 found)'],
    ['data.negativeStock=3', 'No stock below zero (3 found)'],
    ['data.futureOrders=3', 'No order from the future (3 found)'],
    ['data.wrongTotals=3', 'Every total is the sum of its items (3 found)'],
    ['data.itemsWithoutProduct=3', 'Every item has its product (3 found)'],
    ['data.unvalidatedKeys=2', 'Every foreign key is validated (2 found)'],
    ['data.sequencesBehind=2', 'Every sequence is ahead of its table (2 found)'],
    ['data.invalidIndexes=2', 'Every index is valid (2 found)'],
    ['data.preparedTransactions=2', 'No prepared transaction is left (2 found)'],
  ])('with %s the data check says: %s', async (setting, words) => {
    const run = await finished(drill, [`simulation.${setting}`]);
    expect([run.outcome, run.exitCode]).toEqual(['target-missed', 1]);
    expect(run.reason).toBe(`data check failed: ${words}`);
    expectUntouched(run);
  });

  test('a restore that is slower than its deadline is cleaned up as soon as RDS allows', async () => {
    const run = await finished(drill, ['simulation.restore.takes=40 min']);
    expect([run.outcome, run.reason]).toEqual(['rolled-back', 'restore/orders: not done within 30 min']);
    expectUntouched(run);
  });

  test('a test instance that cannot be deleted in time fails the drill, with the command for it', async () => {
    const run = await finished(drill, ['simulation.restore.takes=100 min']);
    expect([run.outcome, run.exitCode, run.reason]).toEqual([
      'failed',
      3,
      'delete-restored/orders: not done within 20 min',
    ]);
    expect(run.of('step-started').at(-1)?.command).toContain(
      `delete-db-instance --region ${PRIMARY} --db-instance-identifier ${TEST_INSTANCE[drill]}`,
    );
  });

  test('a busy API delays the deletion of the test instance, and does not spare it', async () => {
    const busy = 'simulation.throttling=[{service: rds, operation: DeleteDBInstance, calls: 20}]';
    const run = await finished(drill, [busy]);
    expect(run.outcome).toBe('passed');
    expectUntouched(run);
  });

  test('a name that is taken stops the drill, and what bears it is left alone', async () => {
    const theirs = TEST_INSTANCE[drill];
    const run = await finishedIn(
      {
        first: (transport) =>
          transport.send('rds', PRIMARY, 'RestoreDBInstanceToPointInTime', {
            SourceDBInstanceIdentifier: WRITER,
            TargetDBInstanceIdentifier: theirs,
            UseLatestRestorableTime: true,
          }),
      },
      drill,
    );
    expect([run.outcome, run.exitCode]).toEqual(['rolled-back', 3]);
    expect(run.reason).toBe(`preflight: there is an instance ${theirs} already, and this drill did not make it`);
    expect(run.of('call').filter(({ mutating }) => mutating)).toEqual([]);
    expect(run.standing.instances.primary).toEqual([WRITER, theirs].toSorted());
  });

  test.each([
    'DeleteDBInstance',
    drill === SNAPSHOT ? 'RestoreDBInstanceFromDBSnapshot' : 'RestoreDBInstanceToPointInTime',
  ])('%s is asked for once only, although its answer was lost', async (operation) => {
    const run = await finished(drill, [`simulation.lostAnswers=[{service: rds, operation: ${operation}}]`]);
    expect(run.outcome).toBe('passed');
    expect(run.of('call').find((call) => call.operation === operation)?.outcome).toBe('unknown');
    expect(changesMade(run, operation)).toBe(1);
    expectUntouched(run);
  });
});

test('a snapshot that is too old stops the drill before anything is restored', async () => {
  const run = await finished(SNAPSHOT, ['recoveryPoint.maxAge=2 h']);
  expect([run.outcome, run.exitCode]).toEqual(['rolled-back', 3]);
  expect(run.reason).toMatch(/^preflight: the newest snapshot of ecommerce-db-primary is 7 h old; 2 h is allowed$/);
  expect(run.of('call').filter(({ mutating }) => mutating)).toEqual([]);
  expectUntouched(run);
});
