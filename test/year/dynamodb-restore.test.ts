import { expect, test } from 'vitest';
import { changesMade, finished } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'dynamodb-restore';

waysToFail(DRILL, [
  {
    fault: 'point-in-time recovery is off',
    set: ['simulation.tables.pointInTime=false'],
    end: 'rolled-back',
    reason: /^preflight: point-in-time recovery of catalogue-people in eu-central-1 is off/,
  },
  {
    fault: 'a person refuses',
    set: ['simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^approve: simulated on-call engineer refused/,
  },
  {
    fault: 'the restore takes long',
    set: ['simulation.tableRestore.takes=25 min'],
    end: 'target-missed',
    reason: /^RTO missed by 5 min/,
  },
  {
    fault: 'the restored tables cannot be decrypted',
    set: ['simulation.tableRestore.fails=true'],
    end: 'rolled-back',
    reason:
      /^restore: The restored table restore-drill-catalogue-people in eu-central-1 is INACCESSIBLE_ENCRYPTION_CRED/,
  },
  {
    fault: 'the restore does not end in time',
    set: ['simulation.tableRestore.takes=90 min'],
    end: 'rolled-back',
    reason: /^restore: not done within 60 min/,
  },
  {
    fault: 'items are missing in the restored tables',
    set: ['simulation.tableRestore.losesItems=10'],
    end: 'target-missed',
    reason: /data check failed: Every numbered item that was acknowledged before .* \(.*: \d+ of \d+ items are there\)/,
  },
  {
    fault: 'a time is asked for that cannot be restored',
    set: ['phases.1.steps.0.with={ before: 36 d }'],
    end: 'rolled-back',
    reason: /^choose: The tables of catalogue cannot all be restored to /,
  },
  {
    fault: 'a table is not there',
    set: ['simulation.tables.removed=primary'],
    end: 'rolled-back',
    reason: /^preflight: there is no table catalogue-dr-drill in eu-central-1/,
  },
  {
    fault: 'no item is taken for want of capacity',
    set: ['simulation.throttling=[{ service: dynamodb, operation: PutItem, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^write-items: Not one numbered item was acknowledged by catalogue-dr-drill in eu-central-1 in 7 min/,
  },
  {
    fault: 'DynamoDB throttles every call',
    set: ['simulation.throttling=[{ service: dynamodb, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^preflight: cannot read /,
  },
  {
    fault: 'the restored tables cannot be deleted in time',
    set: ['cleanUp.0.deadline=1 s'],
    end: 'failed',
    reason: /^delete: not done within 1 s/,
  },
  {
    fault: 'the answer to the request for a table is lost',
    set: ['simulation.lostAnswers=[{ service: dynamodb, operation: RestoreTableToPointInTime }]'],
    end: 'passed',
    reason: /every target was met/,
  },
]);

test('restores each table once, deletes each copy once, and leaves nothing behind', async () => {
  const run = await finished(DRILL);
  expect(changesMade(run, 'RestoreTableToPointInTime')).toBe(3);
  expect(changesMade(run, 'DeleteTable')).toBe(3);
  expect(run.of('data-check').map(({ check, ok }) => [check, ok])).toEqual([
    ['catalogue-people-restored', true],
    ['catalogue-titles-restored', true],
    ['catalogue-dr-drill-restored', true],
    ['numbered-items-restored', true],
  ]);
});
