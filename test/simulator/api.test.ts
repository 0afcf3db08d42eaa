import { expect, test } from 'vitest';
import { services } from '../../src/aws/services/index.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { GATE, inWorld, type Lab, MEDIA, PRIMARY, RECOVERY, REPLICA, refusalOf, topology, WRITER } from './world.ts';

const GLOBAL_REGION = 'us-east-1';

const describe = ({ call }: Lab, region = PRIMARY) => call('rds', region, 'DescribeDBInstances', {});

test('a throttled service refuses as often as it was told to, and under the name that AWS uses', () =>
  inWorld(
    {
      simulation: {
        throttling: [
          { service: 'rds', calls: 2 },
          { service: 'eks', calls: 1 },
          { service: 's3', calls: 1 },
          { service: 'sns', calls: 1 },
        ],
      },
    },
    async (lab) => {
      const names = [await refusalOf(describe(lab)), await refusalOf(describe(lab)), await refusalOf(describe(lab))];
      expect(names).toEqual(['Throttling', 'Throttling', 'nothing']);
      expect(await refusalOf(lab.call('eks', RECOVERY, 'DescribeCluster', { name: 'ecommerce-recovery' }))).toBe(
        'ThrottlingException',
      );
      expect(await refusalOf(lab.call('s3', PRIMARY, 'GetBucketLocation', { Bucket: MEDIA }))).toBe('SlowDown');
      expect(await refusalOf(lab.call('sns', RECOVERY, 'ListTopics', {}))).toBe('ThrottledException');
    },
  ));

test('more calls than AWS grants in a burst are throttled', () =>
  inWorld({}, async (lab) => {
    const calls = Array.from({ length: 60 }, () =>
      refusalOf(lab.call('route53', GLOBAL_REGION, 'GetHealthCheck', { HealthCheckId: GATE })),
    );
    const names = await Promise.all(calls);
    expect(names.filter((name) => name === 'Throttling').length).toBeGreaterThanOrEqual(8);
    expect(names.filter((name) => name === 'nothing').length).toBeGreaterThanOrEqual(50);
  }));

test('a change whose answer is lost has been carried out', () =>
  inWorld({ simulation: { lostAnswers: [{ service: 'rds', operation: 'PromoteReadReplica' }] } }, async (lab) => {
    const promote = () => lab.call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA });
    const beganMs = lab.clock.nowMs();
    expect(await refusalOf(promote())).toBe('TimeoutError');
    expect(lab.clock.nowMs() - beganMs).toBeGreaterThanOrEqual(5_000);
    expect(await refusalOf(promote())).toBe('InvalidDBInstanceStateFault');
    await lab.sleep(400_000);
    expect(lab.writers()).toEqual([WRITER, REPLICA]);
  }));

test('a lost region answers nothing, Route 53 goes on answering, and a wait can be cut short', () =>
  inWorld({}, async (lab) => {
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    const beganMs = lab.clock.nowMs();
    expect(await refusalOf(lab.call('sts', PRIMARY, 'GetCallerIdentity', {}))).toBe('TimeoutError');
    expect(lab.clock.nowMs() - beganMs).toBe(5_000);
    expect(await refusalOf(lab.call('route53', GLOBAL_REGION, 'GetHealthCheck', { HealthCheckId: GATE }))).toBe(
      'nothing',
    );
    const stop = new AbortController();
    const call = lab.transport.send('rds', PRIMARY, 'DescribeDBInstances', {}, stop.signal);
    stop.abort();
    expect(await refusalOf(call)).toBe('AbortError');
  }));

test('every operation that a drill may use is simulated, and no other', () =>
  inWorld({}, async (lab) => {
    for (const [service, { reads, changes }] of Object.entries(services)) {
      for (const operation of Object.keys({ ...reads, ...changes })) {
        const name = await refusalOf(lab.transport.send(service as 'rds', RECOVERY, operation, {}));
        expect(name, operation).not.toBe('UnknownOperationException');
        expect(name, operation).not.toBe('TypeError');
      }
    }
    expect(await refusalOf(lab.transport.send('rds', RECOVERY, 'StartDBCluster', {}))).toBe(
      'UnknownOperationException',
    );
  }));

test('worlds of one process do not see each other', async () => {
  const promoted = inWorld({ seed: 1 }, async (lab) => {
    await lab.call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA });
    await lab.sleep(400_000);
    return (await describe(lab, RECOVERY)).DBInstances?.[0]?.ReadReplicaSourceDBInstanceIdentifier;
  });
  const other = inWorld({ seed: 1 }, async (lab) => {
    await lab.sleep(400_000);
    return (await describe(lab, RECOVERY)).DBInstances?.[0]?.ReadReplicaSourceDBInstanceIdentifier;
  });
  expect(await promoted).toBeUndefined();
  expect(await other).toContain(WRITER);
});

test('an answer describes the instant of its change, however long the machine takes to write it', async () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = {
    ...realClock(),
    sleep: async () => {},
    nowMs: () => {
      nowMs += 1_000;
      return nowMs;
    },
  };
  const { transport } = simulate({
    topology: topology(),
    simulation: simulationSchema.parse({}),
    seed: 1,
    clock,
    speed: 1_000,
  });
  const size = { minSize: 9, desiredSize: 9, maxSize: 30 };
  const group = { clusterName: 'ecommerce-recovery', nodegroupName: 'recovery-workers' };
  expect(
    await transport.send('eks', RECOVERY, 'UpdateNodegroupConfig', { ...group, scalingConfig: size }),
  ).toMatchObject({ update: { status: 'InProgress' } });
});
