import { expect, test } from 'vitest';
import { reportOf } from '../../src/report/model.ts';
import { summaryLines } from '../../src/report/summary.ts';
import { finished } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'tabletop';
const PHONES = 'Who declares the disaster, and who when that person cannot be reached?';

waysToFail(DRILL, [
  {
    fault: 'someone answers that they do not know',
    set: [`simulation.approval.unknown=["${PHONES}"]`],
    end: 'target-missed',
    reason: /^verification failed: decided: Who declares the disaster.* \(simulated incident commander: no\)$/,
  },
  {
    fault: 'a role never answers',
    set: ['simulation.approval.silent=["security lead"]'],
    end: 'target-missed',
    reason: /^verification failed: promoted: .*no one answered for the security lead within 10 min/,
  },
  {
    fault: 'everyone answers no',
    set: ['simulation.approval.refuses=true'],
    end: 'target-missed',
    reason: /simulated communications lead: no/,
  },
  {
    fault: 'answers come too late',
    set: ['simulation.approval.takes=11 min'],
    end: 'target-missed',
    reason: /no one answered for the infrastructure lead within 10 min/,
  },
  {
    fault: 'a checklist takes longer than its step may',
    set: ['phases.0.steps.0.deadline=1 min', 'simulation.approval.takes=50 s'],
    end: 'rolled-back',
    reason: /^detected: not done within 1 min/,
  },
  {
    fault: 'the exercise takes too long',
    set: ['stop.maximumDuration=3 min'],
    end: 'aborted',
    reason: /./,
  },
]);

test('every answer stands in the report with who, for which role and after how long', async () => {
  const { entries, of } = await finished(DRILL, ['simulation.approval.takes=40 s']);
  const { approvals } = reportOf(entries, { journalHash: '' });
  expect(approvals).toHaveLength(of('approval-asked').length);
  expect(approvals.find(({ question }) => question === PHONES)).toMatchObject({
    by: 'simulated incident commander',
    role: 'incident commander',
    approves: true,
    waitedMs: 40_000,
  });
});

test('what it was never to measure is no unknown, and the data of nobody are missed', async () => {
  const { entries } = await finished(DRILL);
  const lines = summaryLines(reportOf(entries, { journalHash: '' })).join('\n');
  expect(lines).toMatch(/^RTO +not assessed \(this drill measures no recovery time\)/m);
  expect(lines).toMatch(/^Rows lost +not assessed \(this drill writes no heartbeat rows\)/m);
  expect(lines).not.toMatch(/unknown|login/);
});
