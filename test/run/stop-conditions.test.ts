import { expect, test } from 'vitest';
import { FAILOVER, finished, REPLICA, SNAPSHOT, WRITER } from './drill.ts';

test('a drill that lasts too long is aborted, and undone', async () => {
  const run = await finished(FAILOVER, ['stop.maximumDuration=50 s']);
  expect([run.outcome, run.exitCode]).toEqual(['aborted', 4]);
  expect(run.reason).toBe('stop condition: the drill has lasted longer than 50 s');
  expect(run.standing).toEqual(run.before);
});

test('behind its promotion it is held, and no second writer opens', async () => {
  const run = await finished(FAILOVER, ['stop.maximumDuration=3 min']);
  expect([run.outcome, run.reason]).toEqual(['aborted', 'stop condition: the drill has lasted longer than 3 min']);
  expect(run.of('held').map(({ step }) => step)).toEqual(['promote-replica']);
  expect(run.anHourLater.writers()).toEqual([REPLICA]);
  expect(run.anHourLater.invariants()).toEqual([]);
});

test('an alarm in alarm ends it', async () => {
  const run = await finished(FAILOVER, ['stop.alarms=[{ region: ap-northeast-1, name: shop-error-rate }]']);
  expect(run.reason).toBe('stop condition: the alarm shop-error-rate in ap-northeast-1 is in alarm');
  expect(run.of('call').filter(({ operation }) => operation === 'DescribeAlarms').length).toBeGreaterThan(2);
});

test('an alarm that there is not, or that cannot be read, ends nothing', async () => {
  const unknown = await finished(FAILOVER, ['stop.alarms=[{ region: ap-northeast-1, name: nobody-made-this }]']);
  expect(unknown.outcome).toBe('passed');
  const lost = await finished(FAILOVER, ['stop.alarms=[{ region: ap-east-2, name: shop-error-rate }]']);
  expect(lost.outcome).toBe('passed');
});

test('too few customers served end it', async () => {
  const run = await finished(FAILOVER, ['stop.served={ atLeast: 90 %, over: 20 s }']);
  expect(run.reason).toMatch(
    /^stop condition: \d+ % of the customer's requests were served over 20 s, where 90 % are wanted$/,
  );
  expect(run.standing.writers).toEqual([WRITER]);
});

test('a restore is stopped as well, and leaves nothing behind', async () => {
  const run = await finished(SNAPSHOT, ['stop.maximumDuration=2 min']);
  expect(run.outcome).toBe('aborted');
  expect(run.standing).toEqual(run.before);
});
