import { expect, test } from 'vitest';
import { mustConsent } from '../../src/live/consent.ts';
import { changesMade, finished, shipped } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'aurora-global-failover';

waysToFail(DRILL, [
  {
    fault: 'the other cluster is headless',
    set: ['simulation.globalCluster.headless=true'],
    end: 'rolled-back',
    reason: /^preflight: ecommerce-aurora-recovery is headless: it has no instance/,
  },
  {
    fault: 'the failover is accepted but has no effect',
    set: ['simulation.globalCluster.fails=true'],
    end: 'rolled-back',
    reason: /^fail-over: The change of roles ended, and ecommerce-aurora-recovery is not the writer/,
  },
  {
    fault: 'far more data is lost than the RPO allows',
    set: ['simulation.globalCluster.lag=10 s', 'targets.rpo=5 s'],
    end: 'target-missed',
    reason: /RPO missed/,
  },
  {
    fault: 'the old primary still takes writes',
    set: ['simulation.globalCluster.oldTakesWrites=true'],
    end: 'target-missed',
    reason: /ecommerce-aurora-primary takes writes as well/,
  },
  {
    fault: 'the old primary does not rejoin',
    set: ['simulation.globalCluster.staysApart=true'],
    end: 'failed',
    reason: /^rejoined: not done within 30 min/,
  },
  {
    fault: 'the response to the failover request is lost',
    set: ['simulation.lostAnswers=[{ service: rds, operation: FailoverGlobalCluster }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'the cluster is available long before its instance',
    set: ['simulation.globalCluster.instancesTake=6 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
]);

test('fails over once, sees the old primary follow, and switches back', async () => {
  const run = await finished(DRILL);
  expect(run.outcome).toBe('passed');
  expect(changesMade(run, 'FailoverGlobalCluster')).toBe(1);
  expect(changesMade(run, 'SwitchoverGlobalCluster')).toBe(1);
  expect(run.standing).toEqual(run.before);
  const flags = run.of('check').filter(({ check }) => check.endsWith('global-writer'));
  expect(flags.map(({ check, ok, detail }) => [check, ok, detail.split('; ')[1]])).toEqual([
    ['at-home/global-writer', true, 'ecommerce-aurora-recovery follows it'],
    ['prove-away/global-writer', true, 'ecommerce-aurora-primary does not follow it yet'],
    ['rejoined/global-writer', true, 'ecommerce-aurora-primary follows it'],
    ['prove-home/global-writer', true, 'ecommerce-aurora-recovery follows it'],
  ]);
});

test('a live run needs consent to the data loss', () => {
  const { drill } = shipped(DRILL);
  const noReturn = [{ step: 'fail-over', line: 'fail-over', why: 'data loss' }];
  expect(() => mustConsent(drill, noReturn)).toThrow(/without consent: fail-over/);
  expect(() => mustConsent({ ...drill, consent: ['fail-over'] }, noReturn)).not.toThrow();
});
