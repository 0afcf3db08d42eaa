import { expect, test } from 'vitest';
import { changesMade, finished } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'redis-restore';

waysToFail(DRILL, [
  {
    fault: 'a person refuses',
    set: ['simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^approve: simulated on-call engineer refused/,
  },
  {
    fault: 'the new group takes long to become available',
    set: ['simulation.cacheRestore.takes=12 min'],
    end: 'target-missed',
    reason: /^RTO missed by 2 min/,
  },
  {
    fault: 'the new group fails',
    set: ['simulation.cacheRestore.fails=true'],
    end: 'rolled-back',
    reason: /^restore-snapshot: sessions-restore-drill is create-failed/,
  },
  {
    fault: 'the new group is not available in time',
    set: ['simulation.cacheRestore.takes=40 min'],
    end: 'rolled-back',
    reason: /^restore-snapshot: not done within 30 min/,
  },
  {
    fault: 'a fifth of the keys is missing',
    set: ['simulation.cacheRestore.losesKeys=20 %'],
    end: 'target-missed',
    reason: /data check failed: The restored group has as many keys .* \(\d+ of \d+ keys\)/,
  },
  {
    fault: 'the newest snapshot is too old',
    set: ['phases.0.steps.0.with.maxAge=1 h'],
    end: 'rolled-back',
    reason: /^preflight: the newest snapshot of ecommerce-cache-primary is \d+ h old; 1 h is allowed/,
  },
  {
    fault: 'another group with that name exists',
    set: ['phases.2.steps.0.with.group=ecommerce-cache-primary', 'cleanUp.0.with.group=ecommerce-cache-primary'],
    end: 'rolled-back',
    reason: /^preflight: there is a replication group ecommerce-cache-primary in ap-east-2 already/,
  },
  {
    fault: 'the test group cannot be deleted in time',
    set: ['cleanUp.0.deadline=30 s'],
    end: 'failed',
    reason: /^delete-group: not done within 30 s/,
  },
  {
    fault: 'ElastiCache throttles every call',
    set: ['simulation.throttling=[{ service: elasticache, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^preflight: cannot read /,
  },
  {
    fault: 'the response to the request for the group is lost',
    set: ['simulation.lostAnswers=[{ service: elasticache, operation: CreateReplicationGroup }]'],
    end: 'passed',
    reason: /every target was met/,
  },
]);

test('makes one group, asks for one deletion, and leaves nothing behind', async () => {
  const run = await finished(DRILL);
  expect(changesMade(run, 'CreateReplicationGroup')).toBe(1);
  expect(changesMade(run, 'DeleteReplicationGroup')).toBe(1);
  expect(run.standing).toEqual(run.before);
  expect(run.of('data-check')).toMatchObject([{ check: 'cache-keys', ok: true }]);
});
