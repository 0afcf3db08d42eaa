import type { Entry } from '../../src/journal/events.ts';
import { type Report, reportOf } from '../../src/report/model.ts';
import {
  drillFrom,
  failoverRun,
  newRun,
  type Run,
  topologyWith,
  typicalTruth as truthOfOne,
} from '../measure/synthetic-run.ts';

const typicalTruth = { ...truthOfOne, customers: 8 };

/** One run for each way that a run can end, and some that are hard to print. */
export const runs = {
  passed: () => failoverRun(typicalTruth, failover()).entries(),
  'passed for real': () => failoverRun(typicalTruth, failover(), { mode: 'live' }).entries(),
  missed: () =>
    failoverRun({ ...typicalTruth, executeTakes: 320_000, lag: 9_000 }, failover(), {
      outcome: 'target-missed',
    }).entries(),
  'rolled back': rolledBack,
  'aborted early': abortedEarly,
  held,
  unfinished: () => failoverRun(typicalTruth, failover()).entries().slice(0, 90),
  restored,
  hostile,
} satisfies Record<string, () => Entry[]>;

export type RunName = keyof typeof runs;
export const runNames = Object.keys(runs) as RunName[];

export const reportFor = (name: RunName): Report => reportOf(runs[name](), { journalHash: 'a1b2c3d4'.repeat(8) });

export const hostileTitle = 'Fire | <script>alert("1")</script> & `code` [x](http://evil.example) **bold**';

function failover(changes = {}) {
  return drillFrom('multi-region-failover.yaml', {
    runbook: ['https://wiki.example.com/failover', 'Binder 3'],
    ...changes,
  });
}

/** As far as the promotion, which then goes wrong. */
function begun(changes = {}, mode: 'dry-run' | 'live' = 'dry-run'): Run {
  const run = newRun(failover(changes), mode);
  run.phase('preflight', 0, 2_000);
  run.step('preflight', 'preflight', 0, 2_000);
  run.at(1_500, {
    type: 'finding',
    severity: 'warning',
    subject: 'order-service',
    what: 'order-service has no ready pod in standby',
    why: 'A cold start takes longer than a warm one.',
    fix: 'Keep at least one replica warm.',
  });
  run.phase('baseline', 2_000, 30_000);
  run.step('baseline', 'baseline', 2_000, 30_000);
  run.at(30_000, { type: 'impaired', what: 'ap-east-2 is lost', region: 'ap-east-2' });
  run.phase('detect', 30_000, 61_000);
  run.step('detect-failure', 'detect', 30_000, 61_000);
  run.at(62_000, { type: 'decision', decision: 'fail-over', by: 'rule', rule: 'writerUnreachable' });
  run.phase('execute', 62_000, 180_000);
  const refused = { outcome: 'failed', error: { name: 'ThrottlingException', message: 'Rate exceeded' } } as const;
  run.step('fence-writer', 'execute', 62_000, 75_000, {
    calls: [{ operation: 'ModifyDBInstance', mutating: true }, refused, { attempt: 2 }],
  });
  return run;
}

function rolledBack(): Entry[] {
  const run = begun();
  run.step('promote-replica', 'execute', 75_000, 180_000, {
    outcome: 'failed',
    calls: [{ operation: 'PromoteReadReplica', mutating: true }],
  });
  run.phase('rollback', 180_000, 200_000);
  for (const [step, at] of [
    ['promote-replica', 181_000],
    ['fence-writer', 190_000],
  ] as const) {
    run.at(at, { type: 'undo-started', step, title: `Undo: ${step}`, command: `undo of: aws do ${step}` });
  }
  run.at(182_000, { type: 'undo-ended', step: 'promote-replica', outcome: 'nothing-to-undo' });
  run.at(199_000, { type: 'undo-ended', step: 'fence-writer', outcome: 'ok' });
  run.at(200_000, {
    type: 'run-ended',
    outcome: 'rolled-back',
    reason: 'promote-replica: promote-replica did not work',
  });
  return run.entries();
}

function abortedEarly(): Entry[] {
  const run = newRun(failover());
  run.phase('preflight', 0, 800);
  run.step('preflight', 'preflight', 0, 800, { outcome: 'aborted' });
  run.at(800, { type: 'abort-requested', reason: 'pressed Ctrl-C' });
  run.at(900, { type: 'run-ended', outcome: 'aborted', reason: 'pressed Ctrl-C' });
  return run.entries();
}

function held(): Entry[] {
  const run = begun({}, 'live');
  const call = {
    operation: 'PromoteReadReplica',
    mutating: true,
    outcome: 'unknown',
    error: { name: 'TimeoutError', message: 'no answer' },
  } as const;
  run.step('promote-replica', 'execute', 75_000, 180_000, {
    outcome: 'deadline',
    deadlineMs: 105_000,
    pointOfNoReturn: 'a promoted replica stays one',
    calls: [call],
  });
  run.at(181_000, { type: 'held', step: 'promote-replica', reason: 'a promoted replica stays one' });
  run.at(182_000, {
    type: 'undo-started',
    step: 'fence-writer',
    title: 'Undo: fence-writer',
    command: 'undo of: aws do fence-writer',
  });
  run.at(183_000, {
    type: 'undo-ended',
    step: 'fence-writer',
    outcome: 'failed',
    error: { name: 'AccessDenied', message: 'not allowed' },
    command: 'aws rds modify-db-instance --by-hand',
  });
  run.at(184_000, { type: 'run-ended', outcome: 'failed', reason: 'promote-replica: its deadline passed' });
  return run.entries();
}

function restored(): Entry[] {
  const run = newRun(
    drillFrom('snapshot-restore.yaml'),
    'dry-run',
    topologyWith({ objective: { rto: 300_000, rpo: 60_000 } }),
  );
  run.phase('choose', 1_000, 2_000);
  run.step('choose-recovery-point', 'choose', 1_000, 2_000, { calls: [{ operation: 'DescribeDBSnapshots' }] });
  run.at(1_900, {
    type: 'recovery-point',
    from: 'snapshot',
    id: 'rds:ecommerce-db-primary-2025-02-28',
    time: '2025-02-28T18:00:00.000Z',
  });
  run.phase('restore', 2_000, 402_000);
  run.step('restore', 'restore', 2_000, 402_000, {
    calls: Array.from({ length: 40 }, (_, index) =>
      index === 0 ? { operation: 'RestoreDBInstanceFromDBSnapshot', mutating: true } : {},
    ),
  });
  run.phase('wait', 402_000, 410_000);
  run.phase('check', 410_000, 415_000);
  run.step('check-data', 'check', 410_000, 415_000);
  run.at(414_000, {
    type: 'data-check',
    check: 'orphans',
    title: 'No items without an order',
    instance: 'restored',
    ok: true,
    detail: 'none found',
    rows: [],
  });
  run.phase('clean-up', 415_000, 500_000);
  run.at(500_000, { type: 'run-ended', outcome: 'passed', reason: 'every target was met' });
  return run.entries();
}

/** Markup, pipes and line breaks wherever a person or AWS can write. */
function hostile(): Entry[] {
  const run = begun({ title: hostileTitle, controls: [hostileTitle] });
  run.step('promote-replica', 'execute', 75_000, 180_000, { outcome: 'failed', title: `${hostileTitle}\n| --- |` });
  run.at(181_000, {
    type: 'data-check',
    check: 'c',
    title: hostileTitle,
    instance: '`a|b`',
    ok: false,
    detail: hostileTitle,
    rows: [hostileTitle, { a: '|' }],
  });
  run.at(181_000, {
    type: 'check',
    check: 'c|d',
    layer: 'verification',
    critical: true,
    ok: false,
    detail: `${hostileTitle}\r\n# no`,
  });
  run.at(181_000, { type: 'held', step: 'promote-replica', reason: hostileTitle });
  run.at(182_000, { type: 'run-ended', outcome: 'failed', reason: `${hostileTitle}\n\u001b[31mred` });
  return run.entries();
}
