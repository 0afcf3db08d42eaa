import { expect, test } from 'vitest';
import { finished, REPLICA, WRITER } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'cross-region-restore';

waysToFail(DRILL, [
  {
    fault: 'the person who is asked refuses',
    set: ['simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^approve: .* refused/,
  },
  {
    fault: 'the copy fails',
    set: ['simulation.snapshotCopy.fails=true'],
    end: 'rolled-back',
    reason: /^copy\/orders: The copy orders-copy-drill failed in ap-northeast-1/,
  },
  {
    fault: 'the copy takes longer than the RTO',
    set: ['simulation.snapshotCopy.takes=2 h'],
    end: 'target-missed',
    reason: /^RTO missed by 1 h/,
  },
  {
    fault: 'the other region has no earlier copy, so the copy is a full one',
    set: ['simulation.snapshotCopy.first=true'],
    end: 'target-missed',
    reason: /^RTO missed by 1 h/,
  },
  {
    fault: 'others use all 20 concurrent copies of that region for 20 min',
    set: ['simulation.snapshotCopy.busy=20 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
  {
    fault: 'the copy does not finish in time',
    set: ['simulation.snapshotCopy.takes=6.5 h'],
    end: 'rolled-back',
    reason: /^copy\/orders: not done within 360 min/,
  },
  {
    fault: 'the restore fails',
    set: ['simulation.restore.fails=true'],
    end: 'rolled-back',
    reason: /^restore\/orders: .* restore-error/,
  },
  {
    fault: 'the instance that is still being restored cannot be deleted in time',
    set: ['simulation.restore.takes=5 h'],
    end: 'failed',
    reason: /^delete-restored\/orders: not done within 90 min/,
  },
  {
    fault: 'orders are missing in the backup',
    set: ['simulation.restore.losesRows=40'],
    end: 'target-missed',
    reason: /data check failed: Every item has its order/,
  },
  {
    fault: 'the newest snapshot is too old',
    set: ['phases.0.steps.0.with.maxAge=1 h'],
    end: 'rolled-back',
    reason: /^preflight: the newest snapshot of ecommerce-db-primary is \d+ h old; 1 h is allowed/,
  },
  {
    fault: 'the response to the request for a copy is lost',
    set: ['simulation.lostAnswers=[{ service: rds, operation: CopyDBSnapshot }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'the other region has no capacity for another instance',
    set: ['simulation.databaseCapacity={ lacks: recovery }'],
    end: 'rolled-back',
    reason: /^restore\/orders: not done within 60 min: The requested DB instance class/,
  },
  {
    fault: 'someone disables the key of the other region before the restore',
    set: ['simulation.keyDisabled={ in: recovery, after: 1 min }'],
    end: 'rolled-back',
    reason: /^restore\/orders: The KMS key .* is not accessible/,
  },
]);

test('restores in the other region, encrypted with its key, and leaves nothing behind', async () => {
  const run = await finished(DRILL);
  expect(run.standing).toEqual(run.before);
  const looks = run.of('check').map(({ check, ok, detail }) => `${check} ${ok} ${detail}`);
  expect(looks).toEqual([
    expect.stringMatching(/^copy-encrypted-there true with arn:aws:kms:ap-northeast-1:/),
    'writer-untouched true as it was',
    'replica-untouched true as it was',
  ]);
  const ended = run.of('step-ended').map(({ step, outcome }) => `${step} ${outcome}`);
  expect(ended.slice(-2)).toEqual(['delete-restored/orders ok', 'delete-snapshot/orders ok']);
  expect(run.world.instances('ap-northeast-1')).toEqual([REPLICA]);
  expect(run.world.instances('ap-east-2')).toEqual([WRITER]);
  const { state } = run.world;
  expect(state().snapshots).toMatchObject([
    { region: 'ap-northeast-1', kmsKey: expect.stringContaining('ap-northeast-1') },
  ]);
});
