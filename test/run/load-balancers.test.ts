import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { drillText, scratch } from '../drill/files.ts';
import { FAILOVER, type Finished, finished, rehearsed } from './drill.ts';

const LB = { primary: 'shop-1.ap-east-2.elb.amazonaws.com', recovery: 'shop-2.ap-northeast-1.elb.amazonaws.com' };
const CHECK_2 = '11111111-aaaa-4bbb-8ccc-000000000002';
const TARGETS = [
  'topology.traffic.public.ttl=60 s',
  `topology.traffic.public.primary.target=${LB.primary}`,
  `topology.traffic.public.recovery.target=${LB.recovery}`,
];
const WEIGHTED = 'topology.traffic.public.lever=weighted-records';
const FAILOVER_RECORDS = [
  'topology.traffic.public.records=failover',
  'topology.traffic.public.lever=failover-records',
  `topology.traffic.public.recovery.healthCheck=${CHECK_2}`,
];
const ARC = [
  'topology.traffic.public.records=failover',
  'topology.traffic.public.lever=arc-routing-controls',
  `topology.traffic.public.recovery.healthCheck=${CHECK_2}`,
  'topology.traffic.public.routingControls={ primary: on-here, recovery: on-there, endpoints: { ap-northeast-1: "https://host.example.com" } }',
];
const shares = scratch().write('own-shift.yaml', drillText('test/drill/fixtures/own-shift.yaml'));

test.each([
  ['an inversion', []],
  ['weights', [WEIGHTED]],
  ['an exchange of roles', FAILOVER_RECORDS],
  ['routing controls', ARC],
])('a name that leads to load balancers is shifted by %s, while their addresses change', async (_, lever) => {
  const run = await finished(FAILOVER, [...TARGETS, ...lever]);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  const seen = run.of('zone-answer');
  expect(seen.map(({ side }) => side)).toContain('recovery');
  // The addresses of one side change while nothing is shifted.
  expect(
    new Set(seen.filter(({ side }) => side === 'primary').map(({ addresses }) => addresses.join())).size,
  ).toBeGreaterThan(1);
});

/** What a batch asked for, set by set. */
const changed = ({ world }: Finished) => world.state().zones.flatMap(({ records }) => records);

test('a weighted alias keeps all but its weight', async () => {
  const before = changed(
    await finished(FAILOVER, [...TARGETS, WEIGHTED, 'failure.kind=writer-loss', 'simulation.promotion.fails=true']),
  );
  const after = changed(await finished(FAILOVER, [...TARGETS, WEIGHTED]));
  expect(before.map(({ Weight }) => Weight)).toEqual([100, 0]);
  expect(after).toEqual(before.map((set, index) => ({ ...set, Weight: [0, 100][index] })));
});

test.each<[string, string[], (set: Finished['standing']['records'][number]) => unknown, unknown[]]>([
  ['weights', [WEIGHTED], ({ Weight }) => Weight, [0, 0, 100, 100]],
  ['roles', FAILOVER_RECORDS, ({ Failover }) => Failover, ['SECONDARY', 'SECONDARY', 'PRIMARY', 'PRIMARY']],
])('A and AAAA records move together, by %s in one batch', async (_, lever, of, wanted) => {
  const run = await finished(FAILOVER, [
    ...lever,
    'topology.traffic.public.primary.ipv6=2001:db8::10',
    'topology.traffic.public.recovery.ipv6=2001:db8::20',
  ]);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  expect(run.of('call').filter(({ operation }) => operation === 'ChangeResourceRecordSets')).toHaveLength(1);
  const records = [...changed(run)].sort((a, b) => ((a.SetIdentifier ?? '') < (b.SetIdentifier ?? '') ? -1 : 1));
  expect(records.map(({ Type, SetIdentifier }) => [SetIdentifier, Type])).toEqual(
    expect.arrayContaining([
      ['taipei', 'AAAA'],
      ['tokyo', 'AAAA'],
    ]),
  );
  expect(records.map(of)).toEqual(wanted);
});

test('CNAME records with weights are shifted like aliases', async () => {
  const cname = (setIdentifier: string, weight: number, values: string[], more = {}) => ({
    type: 'CNAME',
    setIdentifier,
    weight,
    values,
    ...more,
  });
  const records = [
    cname('taipei', 100, [LB.primary], { healthCheck: CHECK_2.replace(/2$/, '1') }),
    cname('tokyo', 0, [LB.recovery]),
  ];
  const run = await finished(FAILOVER, [
    ...TARGETS,
    WEIGHTED,
    `simulation.traffic.records=${JSON.stringify(records)}`,
    'simulation.traffic.only=true',
    'targets.rto=10 min',
  ]);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  expect(changed(run).map(({ Type, Weight }) => [Type, Weight])).toEqual([
    ['CNAME', 0],
    ['CNAME', 100],
  ]);
});

test('customers move by shares between two load balancers', async () => {
  const run = await rehearsed(loadDrill(shares, { overrides: TARGETS, vocabulary }), TARGETS);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
});

test('a shift between load balancers that goes nowhere is not taken for one', async () => {
  const run = await finished(FAILOVER, [
    ...TARGETS,
    'simulation.healthCheck.stuck=true',
    'simulation.healthCheck.balancerNoticed=10 h',
    'deadlines.shift/public=1 min',
  ]);
  expect(run.outcome).not.toBe('passed');
  expect(run.reason).toContain('shift/public');
});
