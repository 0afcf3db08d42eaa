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
  expect(run.of('held').map(({ step }) => step)).toEqual(['take-over/orders']);
  expect(run.anHourLater.writers()).toEqual([REPLICA]);
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

const LAG = 'stop.replicationLag=60 s';

test('lag that only grows because the source is lost ends nothing, nor is it looked at behind the promotion', async () => {
  const waiting = ['approval={ roles: [incident commander], each: 10 min }', 'simulation.approval.takes=4 min'];
  const run = await finished(FAILOVER, [LAG, ...waiting, 'stop.replicationLag=10 s', 'targets.rto=20 min']);
  expect(run.outcome).toBe('passed');
  const looks = run.of('call').filter(({ step }) => step === 'stop-conditions');
  const promoting = run.of('step-applying').find(({ step }) => step === 'take-over/orders');
  expect(looks.length).toBeGreaterThan(5);
  expect(looks.filter(({ seq }) => seq > (promoting?.seq ?? 0))).toEqual([]);
});

test('too few customers served end it', async () => {
  const run = await finished(FAILOVER, ['stop.served={ atLeast: 90 %, over: 20 s }']);
  expect(run.reason).toMatch(
    /^stop condition: \d+ % of the watched customers' requests were served over 20 s, where 90 % are wanted$/,
  );
  expect(run.standing.writers).toEqual([WRITER]);
});

test('a restore is stopped as well, and leaves nothing behind', async () => {
  const run = await finished(SNAPSHOT, ['stop.maximumDuration=2 min']);
  expect(run.outcome).toBe('aborted');
  expect(run.standing).toEqual(run.before);
});
