import type { DescribeNodegroupResponse } from '@aws-sdk/client-eks';
import { describe, expect, test } from 'vitest';
import type { State } from '../../src/simulator/state.ts';
import { always } from '../../src/simulator/timeline.ts';
import { FAILOVER, SNAPSHOT, shipped } from '../run/drill.ts';
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
    /^note: the number of vCPUs of the nodes of ecommerce-recovery-workers is unknown$/,
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

const RESERVED = 'topology.compute.shop.recovery.capacityReservations=';
const shared =
  'topology.compute.other={ kind: eks, namespace: shop, primary: { cluster: ecommerce-primary }, recovery: { cluster: ecommerce-recovery, nodegroup: other-workers, nodes: { min: 1, desired: 1, max: 9 }, failoverNodes: { min: 4, desired: 4, max: 9 } }, deployments: [{ name: other, replicas: 1, standby: 1, critical: false }] }';
const inZone = (state: State, zones: readonly string[], more: object = {}) => {
  state.reservations = state.reservations.filter(({ zone }) => zones.some((letter) => zone.endsWith(letter)));
  for (const one of state.reservations) Object.assign(one, more);
};

describe('of the nodes that a failover adds, the preflight says', () => {
  test.each<[said: string | null, change: (state: State) => void, overrides: string[]]>([
    [null, () => {}, []],
    [
      'warning: none of the 6 nodes that ecommerce-recovery-workers gets in ap-northeast-1 are reserved',
      (state) => inZone(state, []),
      [],
    ],
    [
      'warning: 4 of the 6 nodes that ecommerce-recovery-workers gets in ap-northeast-1 are reserved',
      (state) => inZone(state, ['a', 'b']),
      [],
    ],
    [
      'note: the 6 nodes that ecommerce-recovery-workers gets in ap-northeast-1 are reserved in 1 of its 3 zones',
      (state) => inZone(state, ['b'], { total: 20 }),
      [],
    ],
    [
      'blocker: none of the 6 nodes that ecommerce-recovery-workers gets in ap-northeast-1 are reserved',
      (state) => inZone(state, []),
      [`${RESERVED}required`],
    ],
    [null, () => {}, [`${RESERVED}required`]],
    [null, () => {}, [`${RESERVED}[cr-1, cr-2, cr-3]`]],
    [
      'blocker: 4 of the 6 nodes that ecommerce-recovery-workers gets in ap-northeast-1 are reserved by cr-1, cr-2, cr-3; not active: cr-3',
      (state) => inZone(state, ['a', 'b']),
      [`${RESERVED}[cr-1, cr-2, cr-3]`],
    ],
    [
      'warning: none of the 6 nodes that ecommerce-recovery-workers gets in ap-northeast-1 are reserved',
      (state) => inZone(state, ['a', 'b', 'c'], { matches: 'targeted' }),
      [],
    ],
    [
      'warning: none of the 6 nodes that ecommerce-recovery-workers gets in ap-northeast-1 are reserved',
      (state) => inZone(state, ['a', 'b', 'c'], { instanceType: 'm6i.large' }),
      [],
    ],
    [
      'warning: none of the 6 nodes that ecommerce-recovery-workers gets in ap-northeast-1 are reserved',
      (state) => inZone(state, ['a', 'b', 'c'], { zone: 'ap-northeast-1x' }),
      [],
    ],
    [
      'note: whether nodes of ecommerce-recovery-workers are reserved in ap-northeast-1 is not known: ',
      ({ denied }) => denied.push('ec2:DescribeCapacityReservations'),
      [],
    ],
    [
      'blocker: whether nodes of ecommerce-recovery-workers are reserved in ap-northeast-1 is not known: ',
      ({ denied }) => denied.push('ec2:DescribeSubnets'),
      [`${RESERVED}required`],
    ],
    [
      'note: whether nodes of ecommerce-recovery-workers are reserved in ap-northeast-1 is not known: its launch template chooses the instance types',
      (state) => Object.assign(recoveryNodesIn(state), { instanceTypes: [] }),
      [],
    ],
  ])('%s', async (said, change, overrides) => {
    const told = inLines(await lookedAt({ change, overrides })).filter((line) => line.includes('reserved'));
    expect(told).toEqual(said === null ? [] : [expect.stringContaining(said)]);
  });

  test('how much is left for the second of two groups of the same instance type', async () => {
    const withoutSecond = (state: State) => {
      state.reservations = state.reservations.slice(0, 3);
      // Its own node runs in the first zone.
      for (const one of state.reservations) if (one.zone.endsWith('a')) one.total += 1;
    };
    const told = inLines(await lookedAt({ change: withoutSecond, overrides: [shared] }));
    expect(told.filter((line) => line.includes('reserved'))).toEqual([
      'warning: none of the 3 nodes that other-workers gets in ap-northeast-1 are reserved',
    ]);
  });

  test.each([
    ['that EKS names no subnet of the group', [], 'EKS names no subnet of it'],
    ['that a subnet was deleted', ['subnet-x'], "The subnet ID 'subnet-x' does not exist"],
  ])('%s', async (_, subnets, why) => {
    const answers = {
      DescribeNodegroup({ nodegroup }: DescribeNodegroupResponse) {
        if (nodegroup) nodegroup.subnets = subnets;
      },
    };
    expect(inLines(await lookedAt({ answers })).filter((line) => line.includes('reserved'))).toEqual([
      `note: whether nodes of ecommerce-recovery-workers are reserved in ap-northeast-1 is not known: ${why}`,
    ]);
  });

  test('how to reserve the rest', async () => {
    const { findings } = await lookedAt({ change: (state) => inZone(state, ['b', 'c']) });
    expect(findings.find(({ what }) => what.includes('reserved'))?.fix).toBe(
      'Reserve it, or accept the risk: aws ec2 create-capacity-reservation --region ap-northeast-1 --availability-zone ap-northeast-1a --instance-type m6i.xlarge --instance-platform Linux/UNIX --instance-count 2',
    );
  });

  test('nothing, where the group is as large already', async () => {
    const change = (state: State) => {
      inZone(state, []);
      recoveryNodesIn(state).size.desired = 9;
    };
    expect(inLines(await lookedAt({ change })).filter((line) => line.includes('reserved'))).toEqual([]);
  });
});

test.each([
  ['capacityReservations=[]', /capacityReservations/],
  [
    '={ cluster: ecommerce-recovery, capacityReservations: required }',
    /Capacity Reservations and no node group that would use them/,
  ],
])('a topology is refused with a recovery region of %s', (wrong, said) => {
  const path = `topology.compute.shop.recovery${wrong.startsWith('=') ? '' : '.'}`;
  expect(() => shipped(FAILOVER, [`${path}${wrong}`])).toThrow(said);
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
