import { describe, expect, test } from 'vitest';
import { aftermath } from '../../src/measure/aftermath.ts';
import { criticalPath } from '../../src/measure/critical-path.ts';
import { deviations, findings } from '../../src/measure/deviations.ts';
import { phases, steps, watches } from '../../src/measure/timeline.ts';
import { drillFrom, failoverRun, newRun, startMs, typicalTruth } from './synthetic-run.ts';

const drill = drillFrom('multi-region-failover.yaml');

describe('the timeline', () => {
  test('gives each step its times, outcome and calls with request ids', () => {
    const run = newRun(drill);
    run.step('promote-replica', 'execute', 1_000, 5_000, {
      calls: [{ mutating: true, operation: 'PromoteReadReplica' }, {}],
    });
    const [step] = steps(run.entries());
    expect(step).toMatchObject({ fromMs: startMs + 1_000, toMs: startMs + 5_000, outcome: 'ok', applied: true });
    expect(step?.calls.map(({ requestId }) => requestId)).toEqual(['req-promote-replica-0', 'req-promote-replica-1']);
  });

  test('leaves open what the journal does not end', () => {
    const entries = failoverRun(typicalTruth, drill).entries();
    const cut = entries.slice(
      0,
      entries.findIndex((entry) => entry.type === 'step-started' && entry.step === 'fence-writer'),
    );
    expect(phases(cut).at(-1)).toMatchObject({ phase: 'execute', toMs: null });
    const begun = entries.slice(
      0,
      entries.findIndex((entry) => entry.type === 'step-ended' && entry.step === 'promote-replica'),
    );
    expect(steps(begun).find(({ step }) => step === 'promote-replica')).toMatchObject({
      toMs: null,
      outcome: 'unfinished',
    });
  });

  test('keeps both runs of a step that was run again', () => {
    const run = newRun(drill);
    run.step('restore', 'restore', 1_000, 2_000, { outcome: 'aborted', calls: [{}] });
    run.step('restore', 'restore', 9_000, 12_000, { calls: [{}, {}] });
    expect(steps(run.entries()).map(({ outcome, calls }) => [outcome, calls.length])).toEqual([
      ['aborted', 1],
      ['ok', 2],
    ]);
  });

  test('files the calls of watches apart from steps', () => {
    const run = newRun(drill);
    run.at(1, {
      type: 'call',
      step: 'keep-fenced',
      service: 'rds',
      operation: 'DescribeDBInstances',
      region: 'ap-east-2',
      mutating: false,
      attempt: 1,
      tookMs: 1,
      outcome: 'ok',
    });
    expect(watches(run.entries())).toEqual([
      { watch: 'keep-fenced', calls: [expect.objectContaining({ requestId: null })] },
    ]);
  });
});

describe('the critical path', () => {
  test('is the chain of steps that recovery waited for, from the impairment to the recovery', () => {
    const path = criticalPath(failoverRun(typicalTruth, drill).entries());
    expect(path.map(({ step }) => step)).toEqual([
      'detect-failure',
      'validate-recovery',
      'fence-writer',
      'promote-replica',
      'point-applications',
      'shift-traffic',
      'verify-service',
    ]);
    expect(path.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  test('is empty while the recovery time is unknown', () => {
    expect(criticalPath(newRun(drill).entries())).toEqual([]);
  });
});

describe('deviations', () => {
  test('are throttles, retries, unanswered changes and steps near their deadline or failed', () => {
    const run = newRun(drill);
    run.step('a', 'execute', 0, 85_000, {
      deadlineMs: 100_000,
      calls: [
        { outcome: 'failed', error: { name: 'ThrottlingException', message: 'Rate exceeded' } },
        { attempt: 2 },
        { operation: 'PromoteReadReplica', mutating: true, outcome: 'unknown' },
      ],
    });
    run.step('b', 'execute', 90_000, 91_000, { outcome: 'failed' });
    expect(deviations(run.entries()).map(({ kind, about }) => [kind, about])).toEqual([
      ['throttled', 'a'],
      ['retried', 'a'],
      ['unknown-outcome', 'a'],
      ['near-deadline', 'a'],
      ['step-failed', 'b'],
    ]);
  });

  test('are none in a smooth run', () => {
    expect(deviations(failoverRun(typicalTruth, drill).entries())).toEqual([]);
  });

  test('leave findings apart, most severe first', () => {
    const run = newRun(drill);
    for (const severity of ['note', 'blocker', 'warning'] as const)
      run.at(1, { type: 'finding', severity, subject: 's', what: 'w', why: 'y', fix: 'm' });
    expect(findings(run.entries()).map(({ severity }) => severity)).toEqual(['blocker', 'warning', 'note']);
  });
});

describe('the aftermath', () => {
  test('tells what was undone, what still stands and what was not finished', () => {
    const run = newRun(drill);
    run.step('fence-writer', 'execute', 0, 10, { calls: [{ mutating: true }] });
    run.step('scale-nodes', 'execute', 0, 20, { calls: [{ mutating: true }] });
    run.step('promote-replica', 'execute', 10, 30, { outcome: 'deadline' });
    run.at(40, { type: 'undo-started', step: 'scale-nodes', title: 'Undo: scale', command: 'undo of: scale' });
    run.at(50, { type: 'undo-ended', step: 'scale-nodes', outcome: 'ok' });
    run.at(60, { type: 'undo-started', step: 'fence-writer', title: 'Undo: fence', command: 'undo of: fence' });
    run.at(70, {
      type: 'undo-ended',
      step: 'fence-writer',
      outcome: 'failed',
      error: { name: 'E', message: 'no' },
      command: 'aws now',
    });
    const left = aftermath(run.entries());
    expect(left.undos.map(({ outcome, command }) => [outcome, command])).toEqual([
      ['ok', 'undo of: scale'],
      ['failed', 'aws now'],
    ]);
    expect(left.standing.map(({ step }) => step)).toEqual(['fence-writer']);
    expect(left.unfinished.map(({ step }) => step)).toEqual(['promote-replica']);
  });

  test('asks nobody to finish a step after a clean rollback', () => {
    const run = newRun(drill);
    run.step('promote-replica', 'execute', 10, 30, { outcome: 'failed', calls: [{ mutating: true }] });
    run.at(40, { type: 'undo-started', step: 'promote-replica', title: 'Undo: promote', command: 'undo of: promote' });
    run.at(50, { type: 'undo-ended', step: 'promote-replica', outcome: 'nothing-to-undo' });
    run.at(60, { type: 'run-ended', outcome: 'rolled-back', reason: 'promote-replica: it failed' });
    expect(aftermath(run.entries())).toMatchObject({ held: [], standing: [], unfinished: [] });
  });
});
