import { expect, test } from 'vitest';
import type { Ports } from '../../src/ports/ports.ts';
import { inLines, lookedAt, type Prepared, setRecord, zoneIn } from './prepared.ts';

const GATE = '11111111-aaaa-4bbb-8ccc-000000000001';
const LB = { primary: 'shop-1.ap-east-2.elb.amazonaws.com', recovery: 'shop-2.ap-northeast-1.elb.amazonaws.com' };
const withTargets = ['primary', 'recovery'].map(
  (side) => `topology.traffic.public.${side}.target=${LB[side as keyof typeof LB]}`,
);
const also = (...records: object[]) => `simulation.traffic.records=${JSON.stringify(records)}`;
const ipv6 = (setIdentifier: string, value: string, more: object = {}) => ({
  type: 'AAAA',
  setIdentifier,
  weight: setIdentifier === 'taipei' ? 100 : 0,
  values: [value],
  ...more,
});
const blockers = async (overrides: string[], change?: Prepared['change']) =>
  inLines(await lookedAt({ overrides, ...(change && { change }) })).filter((line) => line.startsWith('blocker'));

test.each<[situation: string, found: string, overrides: string[]]>([
  [
    'a third set',
    'blocker: shop.example.com has another set beside taipei and tokyo: A osaka: weight 10, to 192.0.2.7',
    [also({ type: 'A', setIdentifier: 'osaka', weight: 10, values: ['192.0.2.7'] })],
  ],
  [
    'a third set of the weight 0, which answers when no other does',
    'blocker: shop.example.com has another set beside taipei and tokyo: A osaka: weight 0, to 192.0.2.7',
    [also({ type: 'A', setIdentifier: 'osaka', weight: 0, values: ['192.0.2.7'] })],
  ],
  [
    'an HTTPS record that leads to the lost region',
    'blocker: shop.example.com has an HTTPS record beside the two: HTTPS: simple, to 1 . ipv4hint=203.0.113.10',
    [also({ type: 'HTTPS', values: ['1 . ipv4hint=203.0.113.10'] })],
  ],
  [
    'a simple AAAA record beside the weighted ones',
    'blocker: shop.example.com has one simple AAAA record, to 2001:db8::10',
    [also({ type: 'AAAA', values: ['2001:db8::10'] })],
  ],
  [
    'an AAAA record for one region only',
    'blocker: shop.example.com has an AAAA record for one region only: there is none with the set identifier tokyo',
    [also(ipv6('taipei', '2001:db8::10', { healthCheck: GATE }))],
  ],
  [
    'AAAA records that the topology does not describe',
    'blocker: tokyo has an AAAA record to 2001:db8::20, and the topology says no IPv6 address',
    [also(ipv6('taipei', '2001:db8::10', { healthCheck: GATE }), ipv6('tokyo', '2001:db8::20'))],
  ],
  [
    'an AAAA record of the primary that no check gates',
    `blocker: taipei (AAAA) carries no health check, not ${GATE}`,
    [
      also(ipv6('taipei', '2001:db8::10'), ipv6('tokyo', '2001:db8::20')),
      'topology.traffic.public.primary.ipv6=2001:db8::10',
      'topology.traffic.public.recovery.ipv6=2001:db8::20',
    ],
  ],
  [
    'types that are weighted unlike each other',
    `blocker: tokyo differs by type: A tokyo: weight 0, to 198.51.100.20; AAAA tokyo: weight 50, to 2001:db8::20`,
    [
      also(ipv6('tokyo', '2001:db8::20', { weight: 50 })),
      'topology.traffic.public.primary.ipv6=2001:db8::10',
      'topology.traffic.public.recovery.ipv6=2001:db8::20',
    ],
  ],
  [
    'a multivalue record',
    'blocker: tokyo (A) has the routing policy multivalue',
    [also({ type: 'A', setIdentifier: 'tokyo', multivalue: true, values: ['198.51.100.20'] })],
  ],
  [
    'a geolocation record',
    'blocker: taipei (A) has the routing policy geolocation',
    [also({ type: 'A', setIdentifier: 'taipei', country: 'TW', values: ['203.0.113.10'], healthCheck: GATE })],
  ],
  [
    'a delegated name',
    'blocker: shop.example.com is delegated to ns-1.example.net',
    [also({ type: 'NS', values: ['ns-1.example.net'] })],
  ],
  [
    'a private zone that the topology takes for public',
    'blocker: the hosted zone Z0EXAMPLE1SHOP is private, and the topology says public',
    ['simulation.traffic.privateZone=true'],
  ],
  [
    'a private zone without a VPC in the recovery region',
    'blocker: the private hosted zone Z0EXAMPLE1SHOP has no VPC in ap-northeast-1',
    ['topology.traffic.public.private=true', 'simulation.traffic.vpcs=[ap-east-2]'],
  ],
  [
    'a private zone that cannot be asked from here',
    'blocker: shop.example.com is in a private zone, and cannot be resolved from here: shop.example.com cannot be resolved (NXDOMAIN).',
    ['topology.traffic.public.private=true', 'simulation.traffic.outside=true'],
  ],
  [
    'an alias in another zone than that of its target',
    'blocker: the alias of tokyo is in the zone Z1YES, and the topology says Z2NO',
    [
      ...withTargets,
      'topology.traffic.public.recovery.targetZone=Z2NO',
      also({ type: 'A', setIdentifier: 'tokyo', weight: 0, alias: LB.recovery, targetZone: 'Z1YES' }),
    ],
  ],
  [
    'a type that the topology names and the name has not',
    'blocker: shop.example.com has no AAAA record, and the topology says that it has one',
    [
      ...withTargets,
      'topology.traffic.public.types=[A, AAAA]',
      'simulation.traffic.only=true',
      `simulation.traffic.records=${JSON.stringify([
        { type: 'A', setIdentifier: 'taipei', weight: 100, alias: LB.primary },
        { type: 'A', setIdentifier: 'tokyo', weight: 0, alias: LB.recovery },
      ])}`,
    ],
  ],
  [
    'aliases where the topology says an address',
    'blocker: tokyo is an alias of lb.example.com, and the topology says a fixed address',
    [also({ type: 'A', setIdentifier: 'tokyo', weight: 0, alias: 'lb.example.com' })],
  ],
  [
    'an alias of another load balancer',
    `blocker: tokyo leads to lb.example.com, not to ${LB.recovery}`,
    [...withTargets, also({ type: 'A', setIdentifier: 'tokyo', weight: 0, alias: 'lb.example.com' })],
  ],
  [
    'an address where the topology says a load balancer',
    `blocker: tokyo answers with 198.51.100.20, not with ${LB.recovery}`,
    [...withTargets, also({ type: 'A', setIdentifier: 'tokyo', weight: 0, values: ['198.51.100.20'] })],
  ],
  [
    'an alias that evaluates nothing and carries no check',
    'blocker: taipei does not evaluate the health of its target',
    [
      ...withTargets,
      also({ type: 'A', setIdentifier: 'taipei', weight: 100, alias: LB.primary, evaluateTargetHealth: false }),
    ],
  ],
])('%s is a blocker', async (_, found, overrides) => {
  expect(await blockers(overrides)).toContain(found);
  expect(await blockers([])).not.toContain(found);
});

/** Nothing but the simple record has the name. */
const only =
  (record: object): NonNullable<Prepared['change']> =>
  (state) => {
    const zone = zoneIn(state);
    zone.records = [{ Name: 'shop.example.com.', ...record } as (typeof zone.records)[number]];
  };
const aliasOf = (DNSName: string) => ({
  Type: 'A',
  AliasTarget: { DNSName, HostedZoneId: 'Z1', EvaluateTargetHealth: false },
});

test.each([
  [
    'a CNAME',
    { Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: 'global.example.com' }] },
    'another record',
    "set 'name' in the topology to it",
  ],
  ['an alias of another record', aliasOf('global.example.com.'), 'another record', "set 'name' in the topology to it"],
  [
    'an alias of a load balancer',
    aliasOf(`dualstack.${LB.primary}.`),
    'load balancer',
    'two weighted or failover records',
  ],
  ['an alias of CloudFront', aliasOf('d111111abcdef8.cloudfront.net.'), 'CloudFront', 'origin'],
  ['an alias of an accelerator', aliasOf('a1.awsglobalaccelerator.com.'), 'accelerator', 'global-accelerator-dials'],
  ['an alias of an API', aliasOf('d-1.execute-api.ap-east-2.amazonaws.com.'), 'API Gateway', 'two weighted'],
  ['an alias of an S3 website', aliasOf('s3-website.ap-east-2.amazonaws.com.'), 'S3 website', 'two weighted'],
])('%s before the name is a blocker that says what it leads to, and what to do', async (_, record, kind, fix) => {
  const { findings } = await lookedAt({ change: only(record) });
  const found = findings.filter(({ subject, severity }) => subject === 'shop.example.com' && severity === 'blocker');
  expect(found.map(({ what }) => what)).toEqual([expect.stringContaining(`(${kind})`)]);
  expect(found[0]?.fix).toContain(fix);
});

test.each([
  ['no address in DNS', 'NotFound', `${LB.recovery} has no address in DNS`],
  ['name servers that are silent', 'Timeout', `cannot read ${LB.recovery}: the port says Timeout`],
])('a load balancer with %s is a blocker', async (_, name, what) => {
  const ports = ({ dns }: Ports) => ({
    dns: {
      ...dns,
      async authoritative(asked: string, signal?: AbortSignal) {
        if (asked === LB.recovery) throw Object.assign(new Error(`the port says ${name}`), { name });
        return dns.authoritative(asked, signal);
      },
    },
  });
  expect(inLines(await lookedAt({ overrides: withTargets, ports }))).toContain(`blocker: ${what}`);
  expect(inLines(await lookedAt({ overrides: withTargets })).join()).not.toContain(LB.recovery);
});

test('a name that only a wildcard answers for is a blocker', async () => {
  const change: Prepared['change'] = (state) => {
    const zone = zoneIn(state);
    zone.records = zone.records.map((one) => ({ ...one, Name: '\\052.example.com.' }));
  };
  expect(await blockers([], change)).toEqual([
    'blocker: shop.example.com has no records of its own: the wildcard *.example.com answers for it',
  ]);
});

test('names are compared as names: upper case, a trailing dot and "dualstack." mean the same', async () => {
  const overrides = [
    'topology.traffic.public.name=Shop.Example.COM.',
    'topology.traffic.public.ttl=60 s',
    `topology.traffic.public.primary.target=DualStack.${LB.primary.toUpperCase()}.`,
    `topology.traffic.public.recovery.target=${LB.recovery}`,
  ];
  expect(await blockers(overrides)).toEqual([]);
});

test('records of other types say nothing about customers', async () => {
  expect(
    await blockers([also({ type: 'TXT', values: ['"v=spf1"'] }, { type: 'MX', values: ['1 mx.example.com'] })]),
  ).toEqual([]);
});

test('AAAA records beside the A records are no trouble where the topology describes them', async () => {
  const overrides = [
    'topology.traffic.public.primary.ipv6=2001:db8::10',
    'topology.traffic.public.recovery.ipv6=2001:db8::20',
  ];
  expect(await blockers(overrides)).toEqual([]);
});

test('an alias of records in the zone is moved by the check that they carry', async () => {
  const nested = 'taipei.example.com';
  const overrides = [
    'topology.traffic.public.ttl=60 s',
    `topology.traffic.public.primary.target=${nested}`,
    `topology.traffic.public.recovery.target=${LB.recovery}`,
    also(
      { type: 'A', setIdentifier: 'taipei', weight: 100, alias: nested },
      { name: nested, type: 'A', values: ['203.0.113.10'], healthCheck: GATE },
    ),
  ];
  expect(await blockers(overrides)).toEqual([]);
});

test('the resolvers of an alias keep its answer for a minute, whatever the topology says', async () => {
  const look = await lookedAt({ overrides: withTargets });
  expect(inLines(look)).toContain(
    'warning: tokyo is an alias, whose answers resolvers may keep for 1 min; the topology says 30 s',
  );
});

test('records are read to the last page', async () => {
  const records = Array.from({ length: 301 }, (_, index) => ({
    type: 'A',
    setIdentifier: `other-${index}`,
    weight: 1,
    values: ['192.0.2.1'],
  }));
  const found = await blockers([also(...records)]);
  expect(found.filter((line) => line.includes('another set'))).toHaveLength(301);
});

test('a routing control moves only records that carry its health check', async () => {
  const overrides = [
    'topology.traffic.public.records=failover',
    'topology.traffic.public.lever=arc-routing-controls',
    `topology.traffic.public.recovery.healthCheck=${GATE.replace(/1$/, '2')}`,
    'topology.traffic.public.routingControls={ primary: on-here, recovery: on-there, endpoints: { ap-northeast-1: "https://host.example.com" } }',
  ];
  const change: Prepared['change'] = (state) => setRecord(state, 1, { HealthCheckId: undefined });
  expect(await blockers(overrides, change)).toContain(
    `blocker: tokyo carries no health check, not ${GATE.replace(/1$/, '2')}`,
  );
});
