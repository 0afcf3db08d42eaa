import { expect, test } from 'vitest';
import { changesMade, finished } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'aurora-global-switchover';

waysToFail(DRILL, [
  {
    fault: 'the other cluster is headless',
    set: ['simulation.globalCluster.headless=true'],
    end: 'rolled-back',
    reason: /^preflight: ecommerce-aurora-recovery is headless: it has no instance/,
  },
  {
    fault: 'the switchover is accepted but has no effect',
    set: ['simulation.globalCluster.fails=true'],
    end: 'rolled-back',
    reason: /^switch-over: The change of roles ended, and ecommerce-aurora-recovery is not the writer/,
  },
  {
    fault: 'the switchover loses the latest writes',
    set: ['simulation.globalCluster.losesAtSwitchover=10 s'],
    end: 'target-missed',
    reason: /RPO/,
  },
  {
    fault: 'the old primary still takes writes',
    set: ['simulation.globalCluster.oldTakesWrites=true'],
    end: 'target-missed',
    reason: /ecommerce-aurora-primary takes writes as well/,
  },
  {
    fault: 'the switchover takes longer than the RTO',
    set: ['simulation.globalCluster.takes=7 min', 'targets.rto=5 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
  {
    fault: 'the response to the switchover request is lost',
    set: ['simulation.lostAnswers=[{ service: rds, operation: SwitchoverGlobalCluster }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'the cluster is available long before its instance',
    set: ['simulation.globalCluster.instancesTake=6 min', 'targets.rto=5 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
  {
    fault: 'someone disables the key of the other cluster',
    set: ['simulation.keyDisabled={ in: recovery, after: 40 s }'],
    end: 'rolled-back',
    reason: /^switch-over: ecommerce-aurora-recovery-1 is inaccessible-encryption-credentials-recoverable/,
  },
]);

test('moves the writer there and back, and holds every row that was acknowledged', async () => {
  const run = await finished(DRILL);
  expect(run.outcome).toBe('passed');
  expect(changesMade(run, 'SwitchoverGlobalCluster')).toBe(2);
  expect(changesMade(run, 'FailoverGlobalCluster')).toBe(0);
  expect(run.standing).toEqual(run.before);
  const acknowledged = run.of('heartbeats').reduce((sum, { rows }) => sum + rows.length, 0);
  expect(acknowledged).toBeGreaterThan(10);
  expect(run.of('heartbeats-found').map(({ count }) => count)).toEqual([acknowledged]);
});

test('an abort after the switchover was asked for brings the writer back', async () => {
  const run = await finished(DRILL, [], {
    abortAt: (entry) => entry.type === 'step-applied' && entry.step === 'switch-over',
  });
  expect(run.outcome).toBe('aborted');
  expect(changesMade(run, 'SwitchoverGlobalCluster')).toBe(2);
  expect(run.standing).toEqual(run.before);
});
