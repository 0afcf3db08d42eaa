import { expect, test } from 'vitest';
import { changesMade, finished } from '../run/drill.ts';
import { killedAndResumed } from '../run/killed.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'multi-az-failover';

waysToFail(DRILL, [
  {
    fault: 'the standby takes too long',
    set: ['simulation.zoneFailover.takes=150 s'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
  {
    fault: 'the endpoint resolves to the new address too late',
    set: ['simulation.zoneFailover.dnsTakes=80 s'],
    end: 'target-missed',
    reason: /^verification failed: endpoint-moved \(after 1 min .* still leads to/,
  },
  {
    fault: 'the failover is accepted, but the instance restarts in its zone',
    set: ['simulation.zoneFailover.dropped=true'],
    end: 'target-missed',
    reason: /verification failed: zone-moved \(still in ap-east-2a .*RDS tells of no failover/,
  },
  {
    fault: 'acknowledged rows are lost',
    set: ['simulation.zoneFailover.loses=2 s'],
    end: 'target-missed',
    reason: /acknowledged heartbeat rows of orders are missing/,
  },
  {
    fault: 'the replica in the other region is too far behind, and the person who is asked refuses',
    set: ['simulation.replicationLag=90 s', 'simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^baseline.* behind; the drill allows .* refused\.$/,
  },
  {
    fault: 'the failure is not detected',
    set: ['simulation.zoneFailover.takes=4 s', 'simulation.zoneFailover.dnsTakes=1 s'],
    end: 'rolled-back',
    reason: /^detect: No failure was detected within 30 s/,
  },
  {
    fault: 'the data is inconsistent',
    set: ['simulation.data.wrongTotals=2'],
    end: 'target-missed',
    reason: /data check failed: /,
  },
  {
    fault: 'AWS throttles every call',
    set: ['simulation.throttling=[{ service: rds, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^preflight: .*Rate exceeded/,
  },
  {
    fault: 'the instance failed over by itself a moment ago',
    set: ['simulation.zoneFailover.earlier=2 min'],
    end: 'rolled-back',
    reason: /^fail-over\/orders: .* has failed over within the last 10 min/,
  },
]);

test('is asked for once, although its answer was lost: a second failover would be a second outage', async () => {
  const run = await finished(DRILL, [
    'simulation.lostAnswers=[{ service: rds, operation: RebootDBInstance }]',
    'targets.rto=10 min',
  ]);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  expect(changesMade(run, 'RebootDBInstance')).toBe(1);
});

test('is not asked for again by a run that was dead until RDS told of the failover, and of the old zone still', async () => {
  const { of } = await finished(DRILL);
  const answered = of('call').find(({ operation }) => operation === 'RebootDBInstance');
  const run = await killedAndResumed(DRILL, {
    after: [answered?.seq ?? 0],
    deadMs: 90_000,
    overrides: ['targets.rto=10 h', 'simulation.zoneFailover.takes=80 s'],
  });
  expect(run.of('step-observed').find(({ step }) => step === 'fail-over/orders')).toMatchObject({ done: false });
  expect(run.world.state().calls['rds/ap-east-2/RebootDBInstance']).toBe(1);
  // Nobody lived to detect what was over when the run continued.
  expect([run.outcome, run.reason]).toEqual(['rolled-back', 'detect: No failure was detected within 30 s.']);
});

test('says that nobody saw when the endpoint moved, where the run was dead meanwhile', async () => {
  const { of } = await finished(DRILL);
  const detected = of('step-ended').find(({ step }) => step === 'detect');
  const overrides = ['targets.rto=10 h', 'simulation.zoneFailover.takes=80 s'];
  const run = await killedAndResumed(DRILL, { after: [detected?.seq ?? 0], deadMs: 90_000, overrides });
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  expect(run.of('finding').map(({ what }) => what)).toContainEqual(expect.stringContaining('could not check whether'));
});

test('shows what was looked at: the endpoint, the zone and the standby, with the times', async () => {
  const run = await finished(DRILL);
  const looks = run.of('check').filter(({ layer }) => layer === 'verification');
  expect(looks.map(({ check, ok, detail }) => `${check} ${ok} ${detail}`)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^endpoint-moved true .* led to 10\.0\.2\.\d+ after \d+(\.\d)? s, where 1 min are allowed/),
      expect.stringMatching(/^zone-moved true from ap-east-2a to ap-east-2b; RDS says: .*failover completed/),
      'standby-again true a standby in ap-east-2a',
    ]),
  );
  expect(run.of('finding').filter(({ what }) => what.includes('quarantine'))).toEqual([]);
});
