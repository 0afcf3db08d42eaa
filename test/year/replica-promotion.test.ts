import { expect, test } from 'vitest';
import { changesMade, finished, REPLICA, WRITER } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'replica-promotion';

waysToFail(DRILL, [
  {
    fault: 'the replica cannot be created',
    set: ['simulation.replica.fails=true'],
    end: 'rolled-back',
    reason: /^create: orders-promotion-drill is failed, and will not become available/,
  },
  {
    fault: 'the replica is not available in time',
    set: ['simulation.replica.takes=95 min'],
    end: 'rolled-back',
    reason: /^create: not done within 90 min/,
  },
  {
    fault: 'the replica never catches up',
    set: ['simulation.replica.catchUp=5 h'],
    end: 'rolled-back',
    reason: /^wait: not done within 30 min/,
  },
  {
    fault: 'the promotion fails',
    set: ['simulation.promotion.fails=true'],
    end: 'rolled-back',
    reason: /^promote: .* went back to being a replica/,
  },
  {
    fault: 'the promotion takes longer than the RTO',
    set: ['simulation.promotion.takes=6 min'],
    end: 'target-missed',
    reason: /^RTO missed by 1 min/,
  },
  {
    fault: 'the data is inconsistent',
    set: ['simulation.data.futureOrders=2'],
    end: 'target-missed',
    reason: /data check failed: /,
  },
  {
    fault: 'the response to the request for a replica is lost',
    set: ['simulation.lostAnswers=[{ service: rds, operation: CreateDBInstanceReadReplica }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'an instance with the name of the new replica exists',
    set: [`phases.0.steps.0.with.identifier=${REPLICA}`],
    end: 'rolled-back',
    reason: /^preflight: there is an instance ecommerce-db-dr-replica already/,
  },
  {
    fault: 'the region has no capacity for another instance',
    set: ['simulation.databaseCapacity={ lacks: recovery }'],
    end: 'rolled-back',
    reason: /^create: not done within 90 min: The requested DB instance class/,
  },
  {
    fault: 'the region has no capacity for the first 10 min',
    set: ['simulation.databaseCapacity={ lacks: recovery, until: 10 min }'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'someone deletes the source while the new writer is verified',
    set: ['simulation.sourceDeleted={ after: 17 min }'],
    end: 'target-missed',
    reason: /writer-untouched/,
  },
]);

test('leaves the live pair unchanged, and counts every row that the replica had time to replicate', async () => {
  const run = await finished(DRILL);
  expect(run.standing).toEqual(run.before);
  expect(changesMade(run, 'PromoteReadReplica')).toBe(1);
  const looks = run.of('check').map(({ check, ok }) => `${check} ${ok}`);
  expect(looks).toEqual(['takes-writes true', 'writer-untouched true', 'replica-untouched true']);
  expect(run.of('heartbeats-found')).toMatchObject([{ instance: 'orders-promotion-drill', count: 30 }]);
  expect(run.world.writers()).toEqual([WRITER]);
  // What a replica that is being made is behind by is seen shrinking.
  const lags = run.of('lag').map(({ lagMs }) => lagMs ?? 0);
  expect(lags.at(-1)).toBeLessThanOrEqual(5_000);
  expect(lags[0]).toBeGreaterThan(5_000);
});
