import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/journal/events.ts';
import { customerOutage } from '../../src/measure/customer.ts';
import type { Part } from '../../src/measure/figure.ts';
import { recoveryTime } from '../../src/measure/recovery-time.ts';
import { drillFrom, failoverRun, newRun, startMs, truthRecovered, typicalTruth } from './synthetic-run.ts';
import { truths } from './truths.ts';

const drill = drillFrom('multi-region-failover.yaml');

describe('recovery time of a failover', () => {
  test('equals the truth within the error bar, which is the probe interval', () => {
    fc.assert(
      fc.property(truths, (truth) => {
        const { total } = recoveryTime(failoverRun(truth, drill).entries());
        if (!('ms' in total)) return expect.fail(total.unknown);
        const trueMs = truthRecovered(truth) - truth.impairedAt;
        expect(total.errorMs).toBe(truth.probeEvery);
        expect(total.ms).toBeGreaterThanOrEqual(trueMs);
        expect(total.ms - trueMs).toBeLessThanOrEqual(total.errorMs);
      }),
    );
  });

  test('is the sum of detect, decide, execute and propagate, to the millisecond', () => {
    fc.assert(
      fc.property(truths, (truth) => {
        const { total, parts } = recoveryTime(failoverRun(truth, drill).entries());
        expect(parts.map(({ part }) => part)).toEqual(['detect', 'decide', 'execute', 'propagate']);
        expect(sum(parts)).toBe('ms' in total ? total.ms : undefined);
      }),
    );
  });

  test('puts nothing behind the recovery into the parts when customers were served before the shift', () => {
    const early = failoverRun({ ...typicalTruth, propagateTakes: -60_000, verifyTakes: 200_000 }, drill).entries();
    const { total, parts } = recoveryTime(early);
    expect(sum(parts)).toBe('ms' in total ? total.ms : undefined);
    expect(parts.at(-1)?.figure).toEqual({ ms: 0, errorMs: 0, source: 'measured' });
  });

  test('is the same wherever unrelated events stand', () => {
    const entries = failoverRun(typicalTruth, drill).entries();
    const related = new Set(['run-started', 'impaired', 'phase-entered', 'phase-left', 'decision', 'probed']);
    const others = entries.filter(({ type }) => !related.has(type));
    fc.assert(
      fc.property(fc.shuffledSubarray(others), (some) => {
        const rest = entries.filter(({ type }) => related.has(type));
        expect(recoveryTime([...rest, ...some])).toEqual(recoveryTime(entries));
      }),
    );
  });

  test('is the same in whatever order the probes were written', () => {
    const entries = failoverRun(typicalTruth, drill).entries();
    const probed = entries.filter(({ type }) => type === 'probed');
    const rest = entries.filter(({ type }) => type !== 'probed');
    fc.assert(
      fc.property(fc.shuffledSubarray(probed, { minLength: probed.length }), (shuffled) => {
        expect(recoveryTime([...rest, ...shuffled])).toEqual(recoveryTime(entries));
      }),
    );
  });

  test.each(['impaired', 'probed'])('is no number without %s events', (missing) => {
    const { total, parts } = recoveryTime(without(missing));
    expect(total).toEqual({ unknown: expect.any(String) });
    expect(parts.at(-1)?.figure).toEqual({ unknown: expect.any(String) });
  });

  test('is not known when service came back but the run ended before that had lasted', () => {
    const short = failoverRun({ ...typicalTruth, verifyTakes: 40_000 }, drill).entries();
    expect(recoveryTime(short).total).toEqual({
      unknown: expect.stringContaining('count as lasting'),
      atLeastMs: expect.any(Number),
    });
  });

  test('counts from the last failure, not from a success that did not last', () => {
    const run = newRun(drill);
    run.at(10_000, { type: 'impaired', what: 'x', region: 'ap-east-2' });
    const down = (second: number) => (second >= 10 && second < 30) || second === 50;
    const results = Array.from({ length: 130 }, (_, second) => ({
      at: startMs + second * 1_000,
      ok: !down(second),
      latencyMs: 0,
    }));
    run.at(130_000, { type: 'probed', of: 'public', everyMs: 1_000, results });
    expect(recoveryTime(run.entries()).total).toEqual({ ms: 41_000, errorMs: 1_000, source: 'measured' });
    const outage = customerOutage(run.entries());
    expect(outage.failedTime).toMatchObject({ ms: 21_000 });
    expect(outage.failedProbes).toBe(21);
    expect(outage.windows).toHaveLength(2);
  });

  test('widens the error bar to a silence before the first success', () => {
    const run = newRun(drill);
    run.at(1_000, { type: 'impaired', what: 'x', region: 'ap-east-2' });
    const seconds = [1, 2, 20, ...Array.from({ length: 70 }, (_, index) => 21 + index)];
    const results = seconds.map((second) => ({ at: startMs + second * 1_000, ok: second >= 20, latencyMs: 5 }));
    run.at(95_000, { type: 'probed', of: 'public', everyMs: 1_000, results });
    expect(recoveryTime(run.entries()).total).toEqual({ ms: 19_000, errorMs: 18_000, source: 'measured' });
  });

  test('is zero, with the error bar and a word about it, when no customer noticed', () => {
    const entries = failoverRun(typicalTruth, drill).entries().map(allServed);
    expect(recoveryTime(entries)).toMatchObject({
      total: { ms: 0, errorMs: 1_000, source: 'measured' },
      neverLost: true,
    });
    expect(customerOutage(entries)).toMatchObject({
      duration: { ms: 0, errorMs: 1_000 },
      failedProbes: 0,
      windows: [],
    });
  });

  test('counts a request that the failure caught under way', () => {
    const entries = failoverRun(typicalTruth, drill).entries().map(allServed);
    const caught = { at: startMs + typicalTruth.impairedAt - 500, ok: false, latencyMs: 2_000, reason: 'TimeoutError' };
    const probed: Entry = {
      ...(entries[0] as Entry),
      type: 'probed',
      of: 'public',
      everyMs: 1_000,
      results: [caught],
    };
    expect(recoveryTime([...entries, probed])).toMatchObject({ neverLost: false });
  });

  test('shows apart what a person took to decide', () => {
    const entries = failoverRun(typicalTruth, drill).entries();
    expect(recoveryTime(entries).person).toEqual({ ms: 0, errorMs: 0, source: 'measured' });
    expect(recoveryTime(entries.filter(({ type }) => type !== 'decision')).person).toEqual({
      unknown: 'nothing was decided',
    });
  });
});

describe('recovery time of a restore', () => {
  const restore = drillFrom('point-in-time-restore.yaml');
  const phases = ['choose', 'restore', 'wait', 'check'] as const;
  const lengths = fc.tuple(...phases.map(() => fc.integer({ min: 0, max: 900_000 })));

  function restoreRun(takes: readonly number[], failedStep?: string) {
    const run = newRun(restore);
    let ms = 5_000;
    phases.forEach((phase, index) => {
      const end = ms + (takes[index] ?? 0);
      run.phase(phase, ms, end);
      run.step(`${phase}-step`, phase, ms, end, phase === failedStep ? { outcome: 'failed' } : {});
      ms = end;
    });
    run.at(ms, { type: 'data-check', check: 'c', title: 'C', instance: 'i', ok: true, detail: '', rows: [] });
    return run.entries();
  }

  test('runs from the search for a recovery point to the end of the checks, and adds up', () => {
    fc.assert(
      fc.property(lengths, (takes) => {
        const { total, parts } = recoveryTime(restoreRun(takes));
        expect(total).toEqual({ ms: takes.reduce((a, b) => a + b, 0), errorMs: 0, source: 'measured' });
        expect(parts.map(({ figure }) => ('ms' in figure ? figure.ms : figure))).toEqual(takes);
      }),
    );
  });

  test.each(phases)('is not known when a step of the phase %s failed', (phase) => {
    expect(recoveryTime(restoreRun([1, 2, 3, 4], phase)).total).toEqual({
      unknown: expect.stringContaining(`${phase}-step`),
    });
  });

  test('is not known before it was begun, nor without a data check', () => {
    expect(recoveryTime(newRun(restore).entries()).total).toEqual({ unknown: 'the restore was never begun' });
    const unchecked = restoreRun([1, 2, 3, 4]).filter(({ type }) => type !== 'data-check');
    expect(recoveryTime(unchecked).total).toEqual({ unknown: 'no data check was made' });
  });
});

const without = (type: string): Entry[] =>
  failoverRun(typicalTruth, drill)
    .entries()
    .filter((entry) => entry.type !== type);

const sum = (parts: Part[]): number =>
  parts.reduce((total, { figure }) => total + ('ms' in figure ? figure.ms : Number.NaN), 0);

const allServed = (entry: Entry): Entry =>
  entry.type === 'probed'
    ? { ...entry, results: entry.results.map(({ at }) => ({ at, ok: true, latencyMs: 40 })) }
    : entry;
