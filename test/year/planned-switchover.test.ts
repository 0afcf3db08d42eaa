import { expect, test } from 'vitest';
import { changesMade, finished, REPLICA, WRITER } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'planned-switchover';

test('nothing is lost: every acknowledged row is there, and the log proves it before anything opens', async () => {
  const run = await finished(DRILL);
  for (const [of, instance] of Object.entries({ orders: REPLICA, baskets: 'ecommerce-aurora-recovery' })) {
    const rows = run
      .of('heartbeats')
      .filter((entry) => entry.of === of)
      .flatMap((entry) => entry.rows);
    const found = run.of('heartbeats-found').filter((entry) => entry.of === of);
    expect(found).toMatchObject([{ instance, count: rows.length, missing: [] }]);
    expect(rows.length).toBeGreaterThan(100);
  }
  const proven = run.of('check').find(({ check }) => check === 'nothing-left-behind');
  expect(proven?.detail).toMatch(/has replayed the log up to [0-9A-F]+\/[0-9A-F]+, and holds heartbeat row \d+/);
  const promoting = run.of('step-started').find(({ step }) => step === 'take-over/orders/promote');
  expect(promoting?.seq).toBeGreaterThan(proven?.seq ?? Number.POSITIVE_INFINITY);
  expect(run.standing.writers).toEqual([REPLICA]);
  expect(run.standing.readOnly).toEqual([WRITER]);
  expect(run.standing.records.map(({ Weight }) => Weight)).toEqual([0, 100]);
});

test('an approval that nobody gives goes from role to role, and then stops the drill before anything changes', async () => {
  const roles = ['on-call engineer', 'team lead', 'architect', 'CTO'];
  const run = await finished(DRILL, [`simulation.approval.silent=[${roles.join(', ')}]`]);
  expect(run.of('approval-asked').map(({ role }) => role)).toEqual(roles);
  expect([run.outcome, run.reason]).toEqual([
    'rolled-back',
    expect.stringMatching(/^approve: It was not approved: 0 of 1/),
  ]);
  expect(run.of('step-applying')).toEqual([]);
});

test('behind the promotion customers return in one change, and nothing else is undone', async () => {
  const run = await finished(DRILL, ['simulation.overload={ region: recovery, above: 60 %, errors: 8 % }']);
  expect([run.outcome, run.reason]).toEqual([
    'failed',
    expect.stringMatching(/^shift-75\/public: With 25 % in ap-east-2/),
  ]);
  // Nobody uses the one that cannot go back together with others that have gone back.
  const held = ['take-over/orders/promote', 'take-over/baskets', 'take-over/sessions', 'take-over/messages/start'];
  expect(run.of('held').map(({ step }) => step)).toEqual(held);
  expect(changesMade(run, 'ChangeResourceRecordSets')).toBe(4);
  expect(run.standing.records.map(({ Weight }) => Weight)).toEqual([100, 0]);
  expect(run.standing.writers).toEqual([REPLICA]);
});

waysToFail(DRILL, [
  {
    fault: 'a person refuses',
    set: ['simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^approve: simulated on-call engineer refused/,
  },
  {
    fault: 'the replica is too far behind, and the person who is asked refuses',
    set: ['simulation.replicationLag=20 s', 'simulation.approval.refuses=true'],
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
    set: ['simulation.promotion.takes=16 min', 'deadlines.take-over/orders/promote=20 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
  {
    fault: 'pods do not come back with the new address',
    set: ['simulation.pods.takes=1 s', 'deadlines.point-primary=1 s'],
    end: 'failed',
    reason: /^point-primary\/shop: not done within 1 s/,
  },
  {
    fault: 'the recovery region cannot serve all customers',
    set: ['simulation.overload={ region: recovery, above: 60 %, errors: 8 % }'],
    end: 'failed',
    reason: /^shift-75\/public: With 25 % in ap-east-2, 75 % in ap-northeast-1, .* % of requests failed/,
  },
  {
    fault: 'the data is inconsistent',
    set: ['simulation.data.orphanItems=2'],
    end: 'target-missed',
    reason: /data check failed: Every item has its order/,
  },
  {
    fault: 'another tool restores the weights during a stage',
    set: ['simulation.traffic.controller={ after: 3 s }'],
    end: 'failed',
    reason: /^shift-\d+\/public: Somebody else changed what/,
  },
  {
    fault: 'someone disables the key of the replica while customers are moved',
    set: ['simulation.keyDisabled={ in: recovery, after: 5 min }'],
    end: 'rolled-back',
    reason: /^take-over\/orders\/promote: ecommerce-db-dr-replica is inaccessible-encryption-credentials-recoverable/,
  },
]);
