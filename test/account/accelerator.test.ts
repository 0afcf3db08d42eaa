import { expect, test } from 'vitest';
import type { State } from '../../src/simulator/state.ts';
import { GROUPS } from '../simulator/world.ts';
import { inLines, lookedAt, setRecord, zoneIn } from './prepared.ts';

const overrides = [
  'topology.traffic.public.lever=global-accelerator-dials',
  `topology.traffic.public.accelerator={ primary: ${GROUPS.primary}, recovery: ${GROUPS.recovery} }`,
];
const ACCELERATOR = GROUPS.primary.split('/listener/')[0];
const setGroup = ({ accelerators }: State, index: 0 | 1, change: object) =>
  Object.assign(accelerators[0]?.groups[index] ?? {}, change);

test.each<[found: string, change: (state: State) => void]>([
  ['blocker: shop.example.com has no A record', (state) => Object.assign(zoneIn(state), { records: [] })],
  [
    'blocker: shop.example.com leads to lb.example.com, not to the accelerator a1234567890abcdef.awsglobalaccelerator.com',
    (state) =>
      setRecord(state, 0, {
        AliasTarget: { DNSName: 'lb.example.com.', HostedZoneId: 'Z1', EvaluateTargetHealth: true },
      }),
  ],
  [
    'blocker: shop.example.com leads to 192.0.2.9, not to the accelerator a1234567890abcdef.awsglobalaccelerator.com',
    (state) => setRecord(state, 0, { AliasTarget: undefined, TTL: 60, ResourceRecords: [{ Value: '192.0.2.9' }] }),
  ],
  [`blocker: there is no accelerator ${ACCELERATOR}`, (state) => Object.assign(state, { accelerators: [] })],
  [
    `blocker: there is no endpoint group ${GROUPS.recovery}`,
    (state) => setGroup(state, 1, { arn: `${GROUPS.recovery}-gone` }),
  ],
  [
    'blocker: the endpoint group is in eu-west-1, not in ap-northeast-1',
    (state) => setGroup(state, 1, { region: 'eu-west-1' }),
  ],
  [
    'blocker: the dial of ap-east-2 is at 0: traffic has left the primary already',
    (state) => setGroup(state, 0, { dial: 0 }),
  ],
  ['warning: the dial of ap-east-2 is at 80, not at 100', (state) => setGroup(state, 0, { dial: 80 })],
  ['warning: the dial of ap-northeast-1 is at 20, not at 0', (state) => setGroup(state, 1, { dial: 20 })],
  [
    'warning: the accelerator is IN_PROGRESS',
    ({ accelerators }) => Object.assign(accelerators[0] ?? {}, { status: [[0, 'IN_PROGRESS']] }),
  ],
])('a failover by traffic dials is told: %s', async (found, change) => {
  expect(inLines(await lookedAt({ overrides, change }))).toContain(found);
  expect(inLines(await lookedAt({ overrides }))).not.toContain(found);
});

test('a name with the addresses of the accelerator itself leads there, too', async () => {
  const change = (state: State) =>
    setRecord(state, 0, { AliasTarget: undefined, TTL: 60, ResourceRecords: [{ Value: '192.0.2.250' }] });
  expect(inLines(await lookedAt({ overrides, change })).filter((line) => line.includes('leads to'))).toEqual([]);
});

test.each([
  [
    'no endpoint is healthy in the region that takes over',
    'DescribeEndpointGroup',
    unhealthy,
    /no endpoint of the group/,
  ],
  ['the accelerator is disabled', 'DescribeAccelerator', disabled, /the accelerator is disabled/],
] as const)('it is told where %s', async (_, operation, change, found) => {
  const lines = inLines(await lookedAt({ overrides, answers: { [operation]: change } }));
  expect(lines.filter((line) => line.startsWith('blocker'))).toContainEqual(expect.stringMatching(found));
});

function unhealthy({ EndpointGroup }: { EndpointGroup: { EndpointDescriptions: { HealthState: string }[] } }): void {
  for (const endpoint of EndpointGroup.EndpointDescriptions) endpoint.HealthState = 'UNHEALTHY';
}

function disabled({ Accelerator }: { Accelerator: { Enabled: boolean } }): void {
  Accelerator.Enabled = false;
}
