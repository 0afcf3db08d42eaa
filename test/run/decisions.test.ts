import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { degraded, NOTHING_BREAKS } from './courses.ts';
import { type Drill, FAILOVER, finished, POINT_IN_TIME, SNAPSHOT } from './drill.ts';
import { finishedIn } from './prepared-account.ts';
import { sabotaging } from './sabotage.ts';

test('a decision stands in the journal with the rule that it followed', async () => {
  const decided = async (drill: Drill, overrides: string[] = []) =>
    (await finished(drill, overrides)).of('decision').map(({ decision, rule }) => `${decision}: ${rule}`);
  expect(await decided(FAILOVER)).toEqual(['fail-over: writerUnreachable']);
  expect(await decided(SNAPSHOT)).toEqual(['stop: discards']);
  expect(await decided(SNAPSHOT, ['afterwards=switch-over'])).toEqual(['restore: switchesOver']);
  expect(await decided(SNAPSHOT, ['simulation.restore.losesRows=40'])).toEqual(['stop: dataNotProven']);
});

test.each([
  // The rows of the handbook's matrix, in its order; a lost region is in the test above.
  ['the writer cannot be reached', ['failure={ kind: writer-loss }'], 'fail-over: writerUnreachable'],
  [
    'more than 10 % of the requests fail for 5 min',
    degraded('product-service', '30 %'),
    'fail-over: errorRateSustained',
  ],
  [
    'two critical services are down and 7 % fail',
    degraded('order-service, customer-service', '7 %'),
    'review: severalServicesDown',
  ],
  [
    'one service is down, few requests fail, and answers take more than 2 s for 5 min',
    [...degraded('product-service', '1 %'), 'simulation.degradation.slowdown=40'],
    'review: responseTimeSustained',
  ],
  ['one service is down and 2 % fail', degraded('order-service', '2 %'), 'watch: oneServiceDown'],
  [
    'two are down, one of them critical, and 7 % fail',
    degraded('order-service, product-service', '7 %'),
    'watch: noRuleHolds',
  ],
  ['two critical ones are down and 2 % fail', degraded('order-service, customer-service', '2 %'), 'watch: noRuleHolds'],
])('when %s, the rule is what the matrix says', async (_, overrides, decided) => {
  const run = await finished(FAILOVER, overrides);
  expect(run.of('decision').map(({ decision, rule }) => `${decision}: ${rule}`)).toEqual([decided]);
  const isWatched = decided.startsWith('watch');
  expect(run.outcome === 'rolled-back').toBe(isWatched);
  if (isWatched) expect(run.standing).toEqual(run.before);
});

test('response time is a layer of its own: a value a minute, five that are too slow, and then people are asked', async () => {
  const slow = [...degraded('product-service', '1 %'), 'simulation.degradation.slowdown=40'];
  const run = await finished(FAILOVER, slow);
  const looks = run.of('check').filter(({ check }) => check === 'response-time/public');
  expect(looks.slice(-5)).toMatchObject(
    Array.from({ length: 5 }, () => ({ layer: 'business', ok: false, detail: expect.stringMatching(/^p95 \d.* s$/) })),
  );
  expect(run.of('approval-asked').map(({ role }) => role)).toEqual(['on-call engineer']);
  // A time that the platform allows is no failure.
  const allowed = await finished(FAILOVER, [...slow, 'decision.p95=1 min']);
  expect(allowed.of('decision').map(({ rule }) => rule)).toEqual(['oneServiceDown']);
});

test('where people are to decide they do, and who refuses ends the drill with nothing changed', async () => {
  const two = degraded('order-service, customer-service', '7 %');
  const agreed = await finished(FAILOVER, two);
  expect(agreed.of('answered')).toMatchObject([{ approves: true, role: 'on-call engineer' }]);
  expect(agreed.standing.writers).toEqual(['ecommerce-db-dr-replica']);
  const refused = await finished(FAILOVER, [...two, 'simulation.approval.refuses=true']);
  expect([refused.outcome, refused.reason]).toEqual([
    'rolled-back',
    expect.stringMatching(/^approve-failover: .* refused/),
  ]);
  expect(refused.standing).toEqual(refused.before);
});

test('a failure that was asked for and never came is waited for, and then no failover is decided', async () => {
  const run = await finishedIn(NOTHING_BREAKS, FAILOVER, ['detection.within=3 min']);
  expect(run.of('decision')).toMatchObject([{ decision: 'watch', rule: 'noRuleHolds' }]);
  expect([run.outcome, run.reason]).toEqual(['rolled-back', 'decide: nothing that was detected calls for a failover']);
  expect(run.standing).toEqual(run.before);
});

test('a restore that is to be measured by rows stops when none can be written', async () => {
  const loaded = loadDrill(`drills/${POINT_IN_TIME}.yaml`);
  const run = await finishedIn(sabotaging('write-heartbeats', 'refused', loaded), POINT_IN_TIME);
  expect([run.outcome, run.reason]).toEqual([
    'rolled-back',
    'write-heartbeats: Not one heartbeat row could be written to ecommerce-db-primary in 6 min.',
  ]);
});
