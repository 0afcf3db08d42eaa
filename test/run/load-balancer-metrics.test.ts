import { expect, test } from 'vitest';
import { FAILOVER, finished } from './drill.ts';

const LB = { primary: 'app/shop/50dc6c495c0c9188', recovery: 'app/shop/11dc6c495c0c9199' };
const BALANCERS = [
  'topology.traffic.public.service.metrics={ from: load-balancer }',
  `topology.traffic.public.primary.loadBalancer=${LB.primary}`,
  `topology.traffic.public.recovery.loadBalancer=arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:loadbalancer/${LB.recovery}`,
];

test('after a failover the recovery load balancer says how many requests fail, and how long answers take', async () => {
  const run = await finished(FAILOVER, BALANCERS);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  const verified = run.of('check').filter(({ check, detail }) => /error-rate|latency/.test(check) && detail);
  expect(verified.map(({ detail }) => detail)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^0\.000 % of requests fail$/),
      expect.stringMatching(/^p95 \d+ ms$/),
    ]),
  );
  // Nobody comes to the standby's load balancer before, and that is no finding.
  expect(run.of('finding').map(({ what }) => what)).not.toContainEqual(expect.stringContaining('RequestCount'));
});

test('a recovery region in which requests fail does not pass, by what its load balancer counts', async () => {
  const run = await finished(FAILOVER, [
    ...BALANCERS,
    'simulation.overload={ region: recovery, above: 50 %, errors: 2 %, slowdown: 1 }',
  ]);
  expect(run.outcome).toBe('target-missed');
  expect(run.of('check').map(({ detail }) => detail)).toContainEqual(
    expect.stringMatching(/^(1\.9|2\.0)\d+ % of requests fail$/),
  );
});

test('a degradation is told by the load balancer of the primary region', async () => {
  const run = await finished(FAILOVER, [...BALANCERS, 'failure.kind=degradation', 'detection.within=3 min']);
  const rates = run.of('check').filter(({ check }) => check === 'error-rate/public');
  expect(rates.map(({ detail }) => detail)).toContainEqual(
    expect.stringMatching(/^[1-9]\d*\.\d\d % of requests fail$/),
  );
});

test.each([
  ['primary.loadBalancer=net/shop/50dc6c495c0c9188', /it counts connections, and knows neither failed requests/],
  ['primary.loadBalancer=shop', /loadBalancer cannot be 'shop'/],
])('%s is refused, in words', (override, words) => {
  expect(() => finished(FAILOVER, [...BALANCERS, `topology.traffic.public.${override}`])).toThrow(words);
});

test('a side without a load balancer is named', () => {
  expect(() => finished(FAILOVER, BALANCERS.slice(0, 2))).toThrow(
    /service.metrics needs the key 'loadBalancer' in traffic.public.recovery/,
  );
});
