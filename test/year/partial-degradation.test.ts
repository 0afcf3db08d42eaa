import { expect, test } from 'vitest';
import { finished, REPLICA, WRITER } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'partial-degradation';

test('people decide, the living writers are switched over, and not a row is lost', async () => {
  const run = await finished(DRILL);
  expect([run.outcome, run.reason]).toEqual(['passed', expect.stringMatching(/every target was met/)]);
  const asked = run.of('approval-asked')[0];
  const stopped = run.of('step-applying').find(({ step }) => step === 'take-over/orders/stop');
  expect(stopped?.seq).toBeGreaterThan(asked?.seq ?? Number.POSITIVE_INFINITY);
  for (const { missing } of run.of('heartbeats-found')) expect(missing).toEqual([]);
  expect(run.standing.writers).toEqual([REPLICA]);
  expect(run.standing.readOnly).toEqual([WRITER]);
});

test('only the services that the drill names are taken', async () => {
  const run = await finished(DRILL, ['phases.1.steps.0.with.services=[order-service]']);
  expect(run.of('impaired').map(({ what }) => what)).toEqual(['order-service is down in ap-east-2']);
});

waysToFail(DRILL, [
  {
    fault: 'a person refuses',
    set: ['simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^approve: simulated on-call engineer refused/,
  },
  {
    fault: 'nobody answers',
    set: ['simulation.approval.silent=[on-call engineer, team lead, architect, CTO]'],
    end: 'rolled-back',
    reason: /^approve: It was not approved: 0 of 1 approved/,
  },
  {
    fault: 'the replica is too far behind, and the person who is asked refuses',
    set: ['simulation.replicationLag=90 s', 'simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^baseline.* behind; the drill allows .* refused\.$/,
  },
  {
    fault: 'the recovery region has no capacity for more nodes',
    set: ['simulation.nodes.capacity=4'],
    end: 'rolled-back',
    reason: /^scale\/shop\/nodes: /,
  },
  {
    fault: 'the promotion fails',
    set: ['simulation.promotion.fails=true'],
    end: 'rolled-back',
    reason: /^take-over\/orders\/promote: .* went back to being a replica/,
  },
  {
    fault: 'the promotion takes longer than the RTO',
    set: ['simulation.promotion.takes=31 min', 'deadlines.take-over/orders/promote=35 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
  {
    fault: 'the recovery region cannot serve all customers',
    set: ['simulation.overload={ region: recovery, above: 60 %, errors: 8 % }'],
    end: 'failed',
    reason: /^verify-service\/public: not done within/,
  },
  {
    fault: 'the data is inconsistent',
    set: ['simulation.data.negativeStock=2'],
    end: 'target-missed',
    reason: /data check failed: No stock below zero/,
  },
]);
