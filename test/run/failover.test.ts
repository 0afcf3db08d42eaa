import { expect, test } from 'vitest';
import { changesMade, FAILOVER, finished, REPLICA, WRITER } from './drill.ts';

test('the failover passes with everything at its default', async () => {
  const { outcome, reason, exitCode, standing } = await finished(FAILOVER);
  expect([outcome, exitCode, reason]).toEqual(['passed', 0, 'every target was met']);
  expect(standing.writers).toEqual([REPLICA]);
  expect(standing.healthChecks[0]).toEqual({ inverted: true, disabled: false });
});

test('the first entry after the header is the first phase, and each step is filed under the phase that it belongs to', async () => {
  const { entries, of } = await finished(FAILOVER);
  expect(entries[1]).toMatchObject({ type: 'phase-entered', phase: 'preflight' });
  expect(of('step-started').map(({ step, phase }) => [phase, step])).toContainEqual(['preflight', 'preflight']);
  expect(of('step-started').filter(({ phase }) => phase === 'start')).toEqual([]);
});

test('anyone who passes without having seen the old writer in quarantine is told to put it there', async () => {
  const { of } = await finished(FAILOVER);
  const warning = of('finding').find(({ subject }) => subject === WRITER);
  expect(warning).toMatchObject({ severity: 'warning', what: `${WRITER} is not confirmed to be in quarantine` });
  expect(warning?.fix).toContain('aws rds modify-db-instance --region ap-east-2');
});

test('a lost writer alone is failed over as well', async () => {
  const { outcome, standing, of } = await finished(FAILOVER, ['failure.kind=writer-loss']);
  expect(outcome).toBe('passed');
  expect(standing.writers).toEqual([REPLICA]);
  // RDS changes a failed instance no more, and is not asked every five seconds.
  const refused = of('call').filter(
    ({ operation, outcome }) => operation === 'ModifyDBInstance' && outcome === 'failed',
  );
  expect(refused).toHaveLength(1);
});

test('traffic can be shifted by the weights of the records', async () => {
  const { outcome, standing } = await finished(FAILOVER, ['topology.traffic.public.lever=weighted-records']);
  expect(outcome).toBe('passed');
  expect(standing.records.map(({ SetIdentifier, Weight }) => [SetIdentifier, Weight])).toEqual([
    ['taipei', 0],
    ['tokyo', 100],
  ]);
});

test('traffic can be shifted by exchanging the roles of failover records', async () => {
  const lever = [
    'topology.traffic.public.lever=failover-records',
    'topology.traffic.public.records=failover',
    'topology.traffic.public.recovery.healthCheck=22222222-aaaa-4bbb-8ccc-000000000002',
  ];
  const { outcome, reason, standing, of } = await finished(FAILOVER, lever);
  expect([outcome, reason]).toEqual(['passed', 'every target was met']);
  expect(standing.records.map(({ SetIdentifier, Failover }) => [SetIdentifier, Failover])).toEqual([
    ['taipei', 'SECONDARY'],
    ['tokyo', 'PRIMARY'],
  ]);
  expect(of('call').filter(({ operation }) => operation === 'ChangeResourceRecordSets')).toHaveLength(1);
  const lost = await finished(FAILOVER, [
    ...lever,
    'simulation.lostAnswers=[{ service: route53, operation: ChangeResourceRecordSets }]',
  ]);
  expect([lost.outcome, changesMade(lost, 'ChangeResourceRecordSets')]).toEqual(['passed', 1]);
});

test('a few throttled calls delay the recovery and do not stop it', async () => {
  const { outcome, of } = await finished(FAILOVER, ['simulation.throttling=[{service: rds, calls: 3}]']);
  expect(outcome).toBe('passed');
  expect(of('call').filter(({ error }) => error?.name === 'Throttling')).toHaveLength(3);
});

test.each([
  ['rds', 'PromoteReadReplica'],
  ['eks', 'UpdateNodegroupConfig'],
  ['route53', 'UpdateHealthCheck'],
])('%s %s is asked for once only, although its answer was lost', async (service, operation) => {
  const run = await finished(FAILOVER, [`simulation.lostAnswers=[{service: ${service}, operation: ${operation}}]`]);
  expect(run.outcome).toBe('passed');
  expect(run.of('call').find((call) => call.operation === operation)?.outcome).toBe('unknown');
  expect(changesMade(run, operation)).toBe(1);
});

test('wrong rows in the promoted database miss the target, although the service is back', async () => {
  const { outcome, exitCode, reason } = await finished(FAILOVER, ['simulation.data.orphanOrders=2']);
  expect([outcome, exitCode]).toEqual(['target-missed', 1]);
  expect(reason).toBe('data check failed: Every order has its customer (2 found)');
});
