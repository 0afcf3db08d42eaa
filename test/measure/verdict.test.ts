import { describe, expect, test } from 'vitest';
import { measured } from '../../src/measure/figure.ts';
import { hold, judge } from '../../src/measure/verdict.ts';
import { drillFrom, failoverRun, newRun, topologyWith, typicalTruth } from './synthetic-run.ts';

const drill = (changes = {}) => drillFrom('multi-region-failover.yaml', changes);

describe('the verdict', () => {
  test('is met, without a reason, when both targets are met and every check passed', () => {
    expect(judge(failoverRun(typicalTruth, drill()).entries())).toEqual({ met: true, reasons: [] });
  });

  test('is not met over the RTO, and says by how much', () => {
    const { met, reasons } = judge(failoverRun({ ...typicalTruth, executeTakes: 300_000 }, drill()).entries());
    expect(met).toBe(false);
    expect(reasons).toEqual([
      expect.stringMatching(/^RTO missed by 1 min 11\.3 s: 6 min 11\.3 s, where 5 min are allowed$/),
    ]);
  });

  test('is not met over the RPO', () => {
    const { reasons } = judge(failoverRun(typicalTruth, drill({ targets: { rto: '5 min', rpo: '500 ms' } })).entries());
    expect(reasons).toEqual([expect.stringMatching(/^RPO missed by 500 ms/)]);
  });

  test('does not hold the platform objective against a drill with a longer target', () => {
    const topology = topologyWith({ objective: { rto: 60_000, rpo: 0 } });
    const own = drill({ targets: { rto: '30 min', rpo: '1 h' } });
    expect(judge(failoverRun(typicalTruth, own, { topology }).entries()).met).toBe(true);
  });

  test('is not met when a figure is unknown, and says why', () => {
    const { met, reasons } = judge(newRun(drill()).entries());
    expect(met).toBe(false);
    expect(reasons).toContain('RTO unknown: the failure was never caused');
    expect(reasons).toContain('RPO unknown: the failure was never caused');
    expect(reasons).toContain('no data check was made');
  });

  test('is not met when a data check failed, or a verification check', () => {
    const run = failoverRun(typicalTruth, drill());
    run.at(400_000, {
      type: 'data-check',
      check: 'c',
      title: 'Orders have customers',
      instance: 'i',
      ok: false,
      detail: '3 found',
      rows: [1, 2, 3],
    });
    run.at(400_000, {
      type: 'check',
      check: 'latency',
      layer: 'verification',
      critical: true,
      ok: false,
      detail: 'p95 4000 ms',
    });
    expect(judge(run.entries()).reasons).toEqual([
      'data check failed: Orders have customers (i: 3 found)',
      'verification failed: latency (p95 4000 ms)',
    ]);
  });

  test('goes by the last answer to a check, and not by what the failure did to detection checks', () => {
    const run = failoverRun(typicalTruth, drill());
    run.at(10, {
      type: 'check',
      check: 'latency',
      layer: 'verification',
      critical: true,
      ok: false,
      detail: 'p95 4000 ms',
    });
    expect(judge(run.entries()).met).toBe(true);
  });

  test('is not met when acknowledged rows are missing among those present', () => {
    const entries = failoverRun(typicalTruth, drill())
      .entries()
      .map((entry) =>
        entry.type === 'heartbeats-found' ? { ...entry, missing: [[1_010, 1_012]] as [number, number][] } : entry,
      );
    expect(judge(entries).reasons).toEqual(['3 acknowledged heartbeat rows are missing in 1 gap among those present']);
  });
});

describe('a figure compared with a limit', () => {
  test('is met at the limit and missed a millisecond above', () => {
    expect(hold(measured(300_000), 300_000)).toMatchObject({ standing: 'met' });
    expect(hold(measured(300_001), 300_000)).toMatchObject({ standing: 'missed' });
  });

  test('is close when the limit lies within the error bar', () => {
    expect(hold(measured(299_500, 1_000), 300_000)).toMatchObject({ standing: 'met', close: true });
    expect(hold(measured(298_000, 1_000), 300_000)).toMatchObject({ standing: 'met', close: false });
  });

  test('is never met when it is unknown, whatever the limit', () => {
    expect(hold({ unknown: 'nobody looked' }, Number.MAX_SAFE_INTEGER)).toMatchObject({ standing: 'unknown' });
  });
});
