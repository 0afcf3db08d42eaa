import { expect, test } from 'vitest';
import { FAILOVER, type Finished, finished } from './drill.ts';

const CHECK_2 = '11111111-aaaa-4bbb-8ccc-000000000002';
const PUBLIC = 'topology.traffic.public';
const endpoint = (every = '10 s') => `${PUBLIC}.primary.endpointCheck={ every: ${every}, failures: 3 }`;
/** Nobody acts: the drill waits for a person, while customers are moved. */
const SLOW = 'simulation.promotion.takes=4 min';

const POLICIES: [string, string[]][] = [
  ['weighted', []],
  ['failover', [`${PUBLIC}.records=failover`, `${PUBLIC}.recovery.healthCheck=${CHECK_2}`]],
  ['latency', [`${PUBLIC}.records=latency`]],
];

const SHIFT = 'shift/public';
const impairedMs = (run: Finished) => run.of('impaired')[0]?.ms ?? 0;
/** When the name servers were first seen to lead elsewhere. */
const movedMs = (run: Finished) =>
  (run.of('zone-answer').find(({ side, ms }) => side === 'recovery' && ms > impairedMs(run))?.ms ?? Number.NaN) -
  impairedMs(run);
/** Where the name servers led, so long after the failure. */
const sideAfter = (run: Finished, ms: number) =>
  run.of('zone-answer').findLast((answer) => answer.ms <= impairedMs(run) + ms)?.side;
const shiftMs = (run: Finished) =>
  (run.of('step-started').find(({ step }) => step === SHIFT)?.ms ?? Number.NaN) - impairedMs(run);

test.each(POLICIES)(
  'customers of %s records are moved by health checking before anybody acts, and the drill holds them there',
  async (_, records) => {
    const run = await finished(FAILOVER, [...records, endpoint(), SLOW]);
    expect(run.of('check').map(({ check }) => check)).toContain('moved-already/shop.example.com');
    expect(movedMs(run)).toBeGreaterThan(19_000);
    expect(movedMs(run)).toBeLessThan(33_000);
    expect(shiftMs(run)).toBeGreaterThan(200_000);
    // Disabled it counts as healthy: inverted it stays failed, whatever its endpoint answers once the region is back.
    expect(run.world.state().healthChecks[0]).toMatchObject({ inverted: true, disabled: true });
  },
);

test('a check that asks every 30 s moves them a minute or more later', async () => {
  const run = await finished(FAILOVER, [endpoint('30 s'), SLOW]);
  expect(movedMs(run)).toBeGreaterThan(59_000);
  expect(movedMs(run)).toBeLessThan(95_000);
});

const BALANCERS = [
  `${PUBLIC}.ttl=60 s`,
  `${PUBLIC}.lever=weighted-records`,
  `${PUBLIC}.primary={ setIdentifier: taipei, target: shop-1.ap-east-2.elb.amazonaws.com }`,
  `${PUBLIC}.recovery={ setIdentifier: tokyo, target: shop-2.ap-northeast-1.elb.amazonaws.com }`,
];

test('an alias that evaluates its target leaves a dead region; one that does not waits for the drill', async () => {
  const run = await finished(FAILOVER, [...BALANCERS, SLOW]);
  expect(movedMs(run)).toBeGreaterThan(59_000);
  expect(movedMs(run)).toBeLessThan(65_000);
  const blind = await finished(FAILOVER, [...BALANCERS, SLOW, `${PUBLIC}.primary.evaluateTargetHealth=false`]);
  expect(movedMs(blind)).toBeGreaterThan(shiftMs(blind));
});

test('where the checks of both regions fail, Route 53 answers as if both were well', async () => {
  // A deep check writes: without a writer it fails in both regions.
  const deep = (side: string) => `${PUBLIC}.${side}.endpointCheck={ every: 10 s, path: /checkout/probe }`;
  const lostWriter = ['failure.kind=writer-loss', `${PUBLIC}.recovery.healthCheck=${CHECK_2}`, SLOW];
  const run = await finished(FAILOVER, [...lostWriter, deep('primary'), deep('recovery')]);
  expect(sideAfter(run, 45_000)).toBe('primary');
  // Only the primary's is asked for so much: customers go where nothing can be written either.
  const one = await finished(FAILOVER, [...lostWriter, deep('primary')]);
  expect(sideAfter(one, 45_000)).toBe('recovery');
});

/** The primary region is the one in which Route 53's control plane is. */
const VIRGINIA = 'topology.regions.primary=us-east-1';
const changes = (run: Finished) => run.of('call').filter(({ service, mutating }) => service === 'route53' && mutating);

test.each([
  ['UpdateHealthCheck', []],
  ['ChangeResourceRecordSets', [`${PUBLIC}.lever=weighted-records`]],
])('with us-east-1 the control plane of Route 53 is lost: nothing asks for %s', async (_, lever) => {
  const run = await finished(FAILOVER, [VIRGINIA, ...lever]);
  expect([run.outcome, run.reason]).toEqual(['failed', expect.stringMatching(/^shift\/public: not done within 5 min/)]);
  expect(movedMs(run)).toBeNaN();
  expect(changes(run)).toEqual([]);
});

test.each([
  ['an inversion', []],
  ['weights', [`${PUBLIC}.lever=weighted-records`]],
])(
  'health checking goes on without that control plane: a drill whose lever is %s finds customers moved, and that nothing holds them',
  async (_, lever) => {
    const run = await finished(FAILOVER, [VIRGINIA, endpoint(), ...lever]);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    expect(changes(run)).toEqual([]);
    expect(run.of('finding').map(({ what }) => what)).toContain(
      'nothing holds shop.example.com where health checking has moved it',
    );
  },
);

test('without a hold customers go back to the lost region as soon as it answers', async () => {
  const run = await finished(FAILOVER, [VIRGINIA, endpoint(), 'simulation.outage.lasts=4 min']);
  const [check] = run.anHourLater.state().healthChecks;
  expect([check?.inverted, check?.finds.map(([, healthy]) => healthy)]).toEqual([false, [true, false, true]]);
});

const CONTROL = 'arn:aws:route53-recovery-control::111122223333:controlpanel/0123/routingcontrol';

test('routing controls need no control plane in us-east-1', async () => {
  const endpoints = '{ us-east-1: "https://a.example.com", us-west-2: "https://b.example.com" }';
  const run = await finished(FAILOVER, [
    VIRGINIA,
    `${PUBLIC}.lever=arc-routing-controls`,
    `${PUBLIC}.recovery.healthCheck=${CHECK_2}`,
    `${PUBLIC}.routingControls={ primary: ${CONTROL}/here, recovery: ${CONTROL}/there, endpoints: ${endpoints} }`,
  ]);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
});

test('a plain region is shifted by the drill as before: no check asks its endpoint', async () => {
  const run = await finished(FAILOVER, [SLOW]);
  expect(movedMs(run)).toBeGreaterThan(shiftMs(run));
  expect(run.of('check').map(({ check }) => check)).not.toContain('moved-already/shop.example.com');
});
