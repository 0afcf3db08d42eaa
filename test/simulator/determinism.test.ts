import { expect, test } from 'vitest';
import { drawWith } from '../../src/simulator/distributions.ts';
import type { State } from '../../src/simulator/state.ts';
import { DATABASE, GATE, inWorld, type Lab, LIMIT, PRIMARY, RECOVERY, RECOVERY_CLUSTER, REPLICA } from './world.ts';

/** Much of what a failover does, with what came of it. */
async function failOver({ call, ports, sleep, clock, state }: Lab) {
  const log: unknown[] = [];
  await ports.sql.query(DATABASE, { name: 'heartbeat.write', text: '', values: [1, 0] }, LIMIT);
  await ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
  log.push(await call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA }));
  const size = { minSize: 9, desiredSize: 9, maxSize: 30 };
  const group = { clusterName: RECOVERY_CLUSTER.cluster, nodegroupName: 'recovery-workers' };
  log.push(await call('eks', RECOVERY, 'UpdateNodegroupConfig', { ...group, scalingConfig: size }));
  for (let turn = 0; turn < 30; turn += 1) {
    log.push(await call('rds', RECOVERY, 'DescribeDBInstances', {}), clock.nowMs());
    await sleep(5_000);
  }
  log.push(await call('route53', 'us-east-1', 'UpdateHealthCheck', { HealthCheckId: GATE, Inverted: true }));
  await ports.kubernetes.scale(RECOVERY_CLUSTER, 'order-service', 9);
  return { log, state: state(), endMs: clock.nowMs() };
}

test('one seed gives one story, another seed another', async () => {
  const first = await inWorld({ seed: 7 }, failOver);
  expect(await inWorld({ seed: 7 }, failOver)).toEqual(first);
  expect((await inWorld({ seed: 8 }, failOver)).state).not.toEqual(first.state);
});

/** Promotes, looks until that is done, and only then does the rest: how long each of the rest takes. */
async function afterPromotion({ call, ports, clock, state }: Lab) {
  await call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA });
  let looks = 0;
  for (;;) {
    const { DBInstances } = await call('rds', RECOVERY, 'DescribeDBInstances', { DBInstanceIdentifier: REPLICA });
    looks += 1;
    if (!DBInstances?.[0]?.ReadReplicaSourceDBInstanceIdentifier) break;
    await clock.sleep(1_000);
  }
  const beganMs = clock.nowMs();
  await call('route53', 'us-east-1', 'UpdateHealthCheck', { HealthCheckId: GATE, Inverted: true });
  const size = { minSize: 9, desiredSize: 9, maxSize: 30 };
  const group = { clusterName: RECOVERY_CLUSTER.cluster, nodegroupName: 'recovery-workers' };
  await call('eks', RECOVERY, 'UpdateNodegroupConfig', { ...group, scalingConfig: size });
  await ports.kubernetes.scale(RECOVERY_CLUSTER, 'order-service', 9);
  const { healthChecks, nodeGroups, deployments } = state();
  const rest = [
    healthChecks[0]?.inForce.at(-1)?.[0],
    ...(nodeGroups[1]?.nodes.slice(3).map(({ readyMs }) => readyMs) ?? []),
    ...(deployments[1]?.pods.slice(1).map(({ readyMs }) => readyMs) ?? []),
    clock.nowMs(),
  ].map((ms) => Math.round((ms ?? 0) - beganMs));
  return { looks, rest };
}

test('a slower promotion, watched for longer, changes no other draw', async () => {
  const usual = await inWorld({ seed: 7, simulation: { promotion: { takes: '60 s' } } }, afterPromotion);
  const slow = await inWorld({ seed: 7, simulation: { promotion: { takes: '140 s' } } }, afterPromotion);
  expect(slow.looks).toBeGreaterThan(usual.looks + 50);
  expect(slow.rest).toEqual(usual.rest);
});

test('a world survives as JSON and goes on from there', async () => {
  const { state, endMs } = await inWorld({ seed: 7 }, failOver);
  const saved = JSON.parse(JSON.stringify(state)) as State;
  expect(saved).toEqual(state);
  const writers = await inWorld({ seed: 7, startMs: endMs, state: saved }, async (lab) => {
    await lab.sleep(300_000);
    return lab.writers();
  });
  expect(writers).toEqual([REPLICA]);
});

test('draws are spread evenly', () => {
  const draw = drawWith(1);
  const drawn = Array.from({ length: 10_000 }, (_, index) => draw(`latency/${index}`));
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  expect(mean).toBeGreaterThan(0.48);
  expect(mean).toBeLessThan(0.52);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const inside = drawn.filter((value) => value >= tenth / 10 && value < (tenth + 1) / 10).length;
    expect(inside).toBeGreaterThan(850);
    expect(inside).toBeLessThan(1_150);
  }
});
