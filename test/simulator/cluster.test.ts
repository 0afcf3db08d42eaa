import { expect, test } from 'vitest';
import { RECOVERY_CLUSTER as cluster, inWorld, type Lab, PRIMARY, RECOVERY, refusalOf } from './world.ts';

const GROUP = { clusterName: cluster.cluster, nodegroupName: 'recovery-workers' };
const resize = ({ call }: Lab, minSize: number, desiredSize: number, maxSize = 30) =>
  call('eks', RECOVERY, 'UpdateNodegroupConfig', { ...GROUP, scalingConfig: { minSize, desiredSize, maxSize } });
const readyNodes = async ({ ports }: Lab) =>
  (await ports.kubernetes.nodes(cluster, GROUP.nodegroupName)).filter(({ ready }) => ready).length;
const deployment = ({ ports }: Lab, name = 'order-service') => ports.kubernetes.deployment(cluster, name);

test('an update succeeds long before its nodes are ready, and pods wait for room on them', () =>
  inWorld({}, async (lab) => {
    const { update } = await resize(lab, 9, 9);
    expect(await refusalOf(resize(lab, 9, 9))).toBe('ResourceInUseException');
    for (const name of ['order-service', 'customer-service', 'product-service']) {
      await lab.ports.kubernetes.scale(cluster, name, 9);
    }
    await lab.sleep(16_000);
    const target = { name: cluster.cluster, nodegroupName: GROUP.nodegroupName, updateId: update?.id };
    expect((await lab.call('eks', RECOVERY, 'DescribeUpdate', target)).update?.status).toBe('Successful');
    expect(await readyNodes(lab)).toBe(3);
    await lab.sleep(26_000);
    expect((await deployment(lab)).ready).toBeGreaterThan(1);
    expect((await deployment(lab, 'product-service')).ready).toBe(1);
    await lab.sleep(120_000);
    expect(await readyNodes(lab)).toBe(9);
    expect(await deployment(lab, 'product-service')).toMatchObject({ wanted: 9, updated: 9, ready: 9, available: 9 });
  }));

test('a region short of capacity gives what it has, and its node group stays degraded also when scaled in again', () =>
  inWorld({ simulation: { nodes: { capacity: 5 } } }, async (lab) => {
    const { update } = await resize(lab, 9, 9);
    await lab.sleep(150_000);
    expect(await readyNodes(lab)).toBe(5);
    const { nodegroup } = await lab.call('eks', RECOVERY, 'DescribeNodegroup', GROUP);
    expect(nodegroup).toMatchObject({
      status: 'DEGRADED',
      health: { issues: [{ code: 'AsgInstanceLaunchFailures' }] },
    });
    const target = { name: cluster.cluster, nodegroupName: GROUP.nodegroupName, updateId: update?.id };
    expect((await lab.call('eks', RECOVERY, 'DescribeUpdate', target)).update?.status).toBe('Failed');
    await resize(lab, 3, 3);
    expect(await refusalOf(resize(lab, 3, 4))).toBe('ResourceInUseException');
    await lab.sleep(90_000);
    expect(await readyNodes(lab)).toBe(3);
    const after = (await lab.call('eks', RECOVERY, 'DescribeNodegroup', GROUP)).nodegroup;
    expect(after).toMatchObject({ status: 'DEGRADED', scalingConfig: { minSize: 3, desiredSize: 3 } });
  }));

test('a region without capacity gives the nodes for which there is a reservation', () =>
  inWorld({ simulation: { nodes: { capacity: 0, reserved: 7 } } }, async (lab) => {
    const free = async () => {
      const { CapacityReservations = [] } = await lab.call('ec2', RECOVERY, 'DescribeCapacityReservations', {});
      return CapacityReservations.map(({ AvailableInstanceCount }) => AvailableInstanceCount);
    };
    expect(await free()).toEqual([2, 1, 1]);
    await resize(lab, 9, 9);
    await lab.sleep(150_000);
    expect(await readyNodes(lab)).toBe(7);
    expect(await free()).toEqual([0, 0, 0]);
  }));

test('a degraded node group is active again once it has grown', () =>
  inWorld({ simulation: { nodes: { capacity: 5 } } }, async (lab) => {
    await resize(lab, 9, 9);
    await lab.sleep(150_000);
    await resize(lab, 3, 3);
    await lab.sleep(90_000);
    await resize(lab, 3, 5);
    await lab.sleep(150_000);
    expect((await lab.call('eks', RECOVERY, 'DescribeNodegroup', GROUP)).nodegroup?.status).toBe('ACTIVE');
  }));

test('sizes that do not fit each other are refused', () =>
  inWorld({}, async (lab) => {
    expect(await refusalOf(resize(lab, 3, 31))).toBe('InvalidParameterException');
    expect(await refusalOf(resize(lab, 9, 3))).toBe('InvalidParameterException');
  }));

test('a new environment rolls out while three quarters of the pods go on serving', () =>
  inWorld({}, async (lab) => {
    await resize(lab, 9, 9);
    await lab.ports.kubernetes.scale(cluster, 'order-service', 9);
    await lab.sleep(200_000);
    await lab.ports.kubernetes.setEnvironment(cluster, 'order-service', { DATABASE_WRITER_HOST: 'elsewhere' });
    await lab.sleep(1_000);
    const early = await deployment(lab);
    expect(early.environment.DATABASE_WRITER_HOST).toBe('elsewhere');
    expect(early.updated).toBeLessThan(9);
    expect(early.ready).toBe(7);
    await lab.sleep(40_000);
    expect(await deployment(lab)).toMatchObject({ updated: 9, ready: 9 });
  }));

test('pods that never get ready leave their update unfinished', () =>
  inWorld({ simulation: { pods: { neverReady: true } } }, async (lab) => {
    await lab.ports.kubernetes.scale(cluster, 'order-service', 5);
    await lab.sleep(600_000);
    expect(await deployment(lab)).toMatchObject({ wanted: 5, ready: 1 });
  }));

test('scaled down, the nodes go and the pods that no longer fit wait', () =>
  inWorld({}, async (lab) => {
    await lab.ports.kubernetes.scale(cluster, 'order-service', 7);
    await lab.sleep(60_000);
    expect((await deployment(lab)).ready).toBe(7);
    await resize(lab, 1, 1);
    await lab.sleep(200_000);
    expect(await readyNodes(lab)).toBe(1);
    const names = ['order-service', 'customer-service', 'product-service'];
    const ready = await Promise.all(names.map(async (name) => (await deployment(lab, name)).ready));
    expect(ready.reduce((sum, count) => sum + count, 0)).toBe(3);
  }));

test('the Kubernetes API of a lost region does not answer', () =>
  inWorld({}, async (lab) => {
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    const lost = { region: PRIMARY, cluster: 'ecommerce-primary', namespace: 'shop' };
    expect(await refusalOf(lab.ports.kubernetes.deployment(lost, 'order-service'))).toBe('Timeout');
  }));
