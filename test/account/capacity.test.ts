import type { DescribeNodegroupResponse } from '@aws-sdk/client-eks';
import { expect, test } from 'vitest';
import type { State } from '../../src/simulator/state.ts';
import { always } from '../../src/simulator/timeline.ts';
import { SNAPSHOT } from '../run/drill.ts';
import { inLines, lookedAt, recoveryClusterIn, recoveryNodesIn, writerIn } from './prepared.ts';

const GROUP = 'ecommerce-recovery-workers';

test.each<[found: RegExp, change: (state: State) => void]>([
  [/^blocker: the cluster ecommerce-recovery is FAILED$/, (state) => plane(state, 'FAILED')],
  [/^warning: the cluster ecommerce-recovery is UPDATING$/, (state) => plane(state, 'UPDATING')],
  [
    /^blocker: the cluster ecommerce-recovery is not there$/,
    (state) => Object.assign(recoveryClusterIn(state), { name: 'another' }),
  ],
  [
    /^blocker: the node group ecommerce-recovery-workers is not there$/,
    (state) => Object.assign(recoveryNodesIn(state), { name: 'another' }),
  ],
  [
    /^blocker: the node group ecommerce-recovery-workers is DEGRADED: .*InsufficientInstanceCapacity/,
    (state) => Object.assign(recoveryNodesIn(state), { status: always('DEGRADED') }),
  ],
  [
    /^blocker: the node group ecommerce-recovery-workers is UPDATING$/,
    (state) => Object.assign(recoveryNodesIn(state), { status: always('UPDATING') }),
  ],
  [
    /^note: ecommerce-recovery-workers may have 5 nodes at most; the failover sets 30$/,
    (state) => Object.assign(recoveryNodesIn(state).size, { max: 5 }),
  ],
  [
    /^blocker: order-service is not deployed in ecommerce-recovery$/,
    (state) => {
      state.deployments = state.deployments.filter(
        ({ region, name }) => !(region === 'ap-northeast-1' && name === 'order-service'),
      );
    },
  ],
  [
    /^warning: order-service has no ready pod in standby$/,
    ({ deployments }) => {
      for (const one of deployments) {
        if (one.region === 'ap-northeast-1' && one.name === 'order-service') one.pods = [];
      }
    },
  ],
  [
    /^blocker: ecommerce-recovery-workers needs 24 more vCPUs in ap-northeast-1, 36 in all; 32 are allowed$/,
    ({ quotas }) => Object.assign(quotas, { 'L-1216C47A': 32 }),
  ],
  [
    /^warning: ecommerce-recovery-workers is to have up to 30 nodes; ap-northeast-1 allows 20 a group$/,
    ({ quotas }) => Object.assign(quotas, { 'L-BD136A63': 20 }),
  ],
  [
    /^blocker: ecommerce-recovery-workers is to have up to 30 nodes; ap-northeast-1 allows 5 a group$/,
    ({ quotas }) => Object.assign(quotas, { 'L-BD136A63': 5 }),
  ],
  [
    /^note: nobody can tell how many vCPUs the nodes of ecommerce-recovery-workers have$/,
    (state) => Object.assign(recoveryNodesIn(state), { instanceTypes: ['p5.48xlarge'] }),
  ],
  [
    /^note: the quota of nodes in a managed node group in ap-northeast-1 is not known: .*not authorized/,
    ({ denied }) => denied.push('servicequotas:GetServiceQuota'),
  ],
])('a failover is told: %s', async (found, change) => {
  expect(inLines(await lookedAt({ change })), GROUP).toContainEqual(expect.stringMatching(found));
  expect(inLines(await lookedAt({})), GROUP).not.toContainEqual(expect.stringMatching(found));
});

function plane(state: State, status: 'FAILED' | 'UPDATING'): void {
  recoveryClusterIn(state).status = status;
}

test('a restore needs room for one more instance', async () => {
  const change = (state: State) => {
    state.quotas['L-7B6409FD'] = 3;
    state.instances.push({ ...structuredClone(writerIn(state)), identifier: 'another' });
  };
  expect(inLines(await lookedAt({ drill: SNAPSHOT, change }))).toContain(
    'blocker: ap-east-2 has 3 of 3 DB instances; the drill makes 1 more',
  );
});

test('a node group that works and complains is told', async () => {
  const found = 'warning: ecommerce-recovery-workers is ACTIVE with health issues: Subnet has no free addresses';
  const answers = {
    DescribeNodegroup({ nodegroup }: DescribeNodegroupResponse) {
      const issues = [{ code: 'InsufficientFreeAddresses' as const, message: 'Subnet has no free addresses' }];
      if (nodegroup) nodegroup.health = { issues };
    },
  };
  expect(inLines(await lookedAt({ answers }))).toContain(found);
  expect(inLines(await lookedAt({}))).not.toContain(found);
});

test('a quota of DB instances that may not be asked for is a note', async () => {
  const look = await lookedAt({
    drill: SNAPSHOT,
    change: ({ denied }) => denied.push('servicequotas:GetServiceQuota'),
  });
  expect(inLines(look)).toEqual([
    expect.stringMatching(/^note: the quota of DB instances in ap-east-2 is not known: /),
  ]);
});
