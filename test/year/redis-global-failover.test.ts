import { expect, test } from 'vitest';
import { changesMade, finished } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'redis-global-failover';

waysToFail(DRILL, [
  {
    fault: 'the other group is far behind',
    set: ['simulation.cacheFailover.lag=20 s'],
    end: 'rolled-back',
    reason: /^preflight: ecommerce-cache-recovery is 20 s behind; the drill allows 5 s/,
  },
  {
    fault: 'the failover is accepted but has no effect',
    set: ['simulation.cacheFailover.fails=true'],
    end: 'rolled-back',
    reason: /^fail-over: The failover ended, and ecommerce-cache-recovery is not the primary/,
  },
  {
    fault: 'the failover takes longer than the RTO',
    set: ['simulation.cacheFailover.takes=7 min'],
    end: 'target-missed',
    reason: /^RTO missed by 2 min/,
  },
  {
    fault: 'the failover and the failback do not finish in time',
    set: ['simulation.cacheFailover.takes=12 min'],
    end: 'failed',
    reason: /^fail-over: not done within 10 min/,
  },
  {
    fault: 'a write acknowledged by the old primary is lost',
    set: ['simulation.cacheFailover.loses=2 min'],
    end: 'target-missed',
    reason: /data check failed: What the other group had acknowledged before is there \(\S+: 0 of 1 keys are there\)/,
  },
  {
    fault: 'the old primary still takes writes',
    set: ['simulation.cacheFailover.oldTakesWrites=true'],
    end: 'target-missed',
    reason: /ecommerce-cache-primary takes writes as well/,
  },
  {
    fault: 'the response to the failover request is lost',
    set: ['simulation.lostAnswers=[{ service: elasticache, operation: FailoverGlobalReplicationGroup }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'ElastiCache throttles every call',
    set: ['simulation.throttling=[{ service: elasticache, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^preflight: .*Rate exceeded/,
  },
]);

test('moves the role there and back, each time with a write taken here and refused there', async () => {
  const run = await finished(DRILL);
  expect(changesMade(run, 'FailoverGlobalReplicationGroup')).toBe(2);
  expect(run.standing).toEqual(run.before);
  expect(run.of('check').map(({ check, ok, detail }) => [check, ok, detail.split(' ')[0]])).toEqual([
    ['at-home/cache-primary', true, 'ecommerce-cache-primary'],
    ['at-home/cache-takes-writes', true, 'ecommerce-cache-primary'],
    ['at-home/cache-one-writer', true, 'ecommerce-cache-recovery:'],
    ['prove-away/cache-primary', true, 'ecommerce-cache-recovery'],
    ['prove-away/cache-takes-writes', true, 'ecommerce-cache-recovery'],
    ['prove-away/cache-one-writer', true, 'ecommerce-cache-primary:'],
    ['prove-home/cache-primary', true, 'ecommerce-cache-primary'],
    ['prove-home/cache-takes-writes', true, 'ecommerce-cache-primary'],
    ['prove-home/cache-one-writer', true, 'ecommerce-cache-recovery:'],
  ]);
});

test('an abort before the role shows its move brings it back all the same', async () => {
  const run = await finished(DRILL, [], { abortAt: ({ type }) => type === 'step-applied' });
  expect(run.outcome).toBe('aborted');
  expect(changesMade(run, 'FailoverGlobalReplicationGroup')).toBe(2);
  expect(run.standing).toEqual(run.before);
});
