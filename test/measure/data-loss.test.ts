import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry, RunEvent } from '../../src/journal/events.ts';
import { dataLoss } from '../../src/measure/data-loss.ts';
import { drillFrom, failoverRun, isoAt, newRun, startMs, typicalTruth } from './synthetic-run.ts';
import { truths } from './truths.ts';

const failover = (every = '200 ms') => drillFrom('multi-region-failover.yaml', { heartbeat: { every } });

describe('data loss of a failover', () => {
  test('equals the true lag within the error bar, which is the heartbeat interval', () => {
    fc.assert(
      fc.property(truths, (truth) => {
        const { loss } = dataLoss(failoverRun(truth, failover(`${truth.heartbeatEvery} ms`)).entries());
        if (!('ms' in loss)) return expect.fail(loss.unknown);
        expect(loss.source).toBe('measured');
        expect(loss.errorMs).toBe(truth.heartbeatEvery);
        expect(Math.abs(loss.ms - truth.lag)).toBeLessThanOrEqual(loss.errorMs);
      }),
    );
  });

  test('counts the lost rows exactly', () => {
    fc.assert(
      fc.property(truths, (truth) => {
        const { rows } = dataLoss(failoverRun(truth, failover()).entries());
        const written = Math.floor((truth.impairedAt - 2_000) / truth.heartbeatEvery) + 1;
        const kept = Math.floor((truth.impairedAt - truth.lag - 2_000) / truth.heartbeatEvery) + 1;
        expect(rows).toMatchObject({ acknowledged: written, lost: written - kept, gaps: 0 });
      }),
    );
  });

  test('counts only acknowledged rows in gaps, and gaps as stretches', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 98 })),
        fc.uniqueArray(fc.integer({ min: 1, max: 98 })),
        (unacknowledged, absent) => {
          const acknowledged = range(100).filter((sequence) => !unacknowledged.includes(sequence));
          const { rows } = dataLoss(
            heartbeatRun(acknowledged, found(range(100).filter((sequence) => !absent.includes(sequence)))),
          );
          const lost = acknowledged.filter((sequence) => absent.includes(sequence)).length;
          expect(rows).toMatchObject({ acknowledged: acknowledged.length, lost, lostInGaps: lost });
        },
      ),
    );
  });

  test('reaches to rows that the old writer went on confirming after the impairment, and that are gone', () => {
    const { loss, rows } = dataLoss(heartbeatRun(range(100), found(range(40)), 50_000));
    expect(loss).toMatchObject({ ms: 60_000 });
    expect(rows).toMatchObject({ lost: 60, lostAfterImpairment: 49 });
  });

  test('takes a row that is there but was never acknowledged for what it is', () => {
    const { loss, rows } = dataLoss(heartbeatRun(range(50), found(range(51)), 60_000));
    expect(loss).toMatchObject({ ms: 0 });
    expect(rows).toMatchObject({ acknowledged: 50, lost: 0 });
  });

  test('is no number when none of the rows is there, but the rows are counted', () => {
    const { loss, rows } = dataLoss(heartbeatRun(range(50), found([]), 60_000));
    expect(loss).toEqual({ atLeastMs: 49_000, unknown: expect.stringContaining('none of this run') });
    expect(rows).toMatchObject({ acknowledged: 50, lost: 50 });
  });

  test('is estimated from the lag before the impairment when no heartbeats were written', () => {
    const { loss, rows } = dataLoss(failoverRun(typicalTruth, failover(), { withoutHeartbeats: true }).entries());
    expect(loss).toEqual({ ms: typicalTruth.lag, errorMs: 61_000, source: 'estimated' });
    expect(rows).toEqual({ unknown: 'no heartbeat rows were written' });
  });

  test.each([['impaired'], ['heartbeats-found'], ['heartbeats', 'lag']])(
    'is no number without %s events',
    (...missing) => {
      const entries = failoverRun(typicalTruth, failover()).entries();
      expect(dataLoss(entries.filter(({ type }) => !missing.includes(type))).loss).toEqual({
        unknown: expect.any(String),
      });
    },
  );

  test('is the same wherever unrelated events stand', () => {
    const entries = failoverRun(typicalTruth, failover()).entries();
    const related = new Set(['run-started', 'impaired', 'phase-entered', 'heartbeats', 'heartbeats-found', 'lag']);
    const rest = entries.filter(({ type }) => related.has(type));
    fc.assert(
      fc.property(fc.shuffledSubarray(entries.filter(({ type }) => !related.has(type))), (some) => {
        expect(dataLoss([...some, ...rest])).toEqual(dataLoss(entries));
      }),
    );
  });
});

describe('data loss of a restore', () => {
  const restore = drillFrom('point-in-time-restore.yaml');

  function restoreRun(present: number[], written = range(100)): Entry[] {
    const run = newRun(restore);
    if (written.length > 0) run.at(0, rowsEvery(1_000, written));
    run.phase('choose', 100_000, 101_000);
    run.at(100_500, { type: 'recovery-point', from: 'point-in-time', id: 'db@then', time: isoAt(-20_000) });
    run.phase('check', 400_000, 401_000);
    run.at(400_500, found(present));
    return run.entries();
  }

  test('is the age of the last heartbeat row that was restored, at the moment of disaster', () => {
    expect(dataLoss(restoreRun(range(31)))).toMatchObject({
      loss: { ms: 70_000, errorMs: 1_000, source: 'measured' },
      window: { fromMs: startMs + 30_000, toMs: startMs + 100_000 },
      rows: { lost: 69 },
    });
  });

  test('is no number where a step found its work done, and nothing was restored', () => {
    const observed = (done: boolean) =>
      restoreRun(range(31)).flatMap((entry): Entry[] => {
        const about = { seq: entry.seq, at: entry.at, ms: entry.ms, prev: entry.prev };
        if (entry.type !== 'recovery-point') return [entry];
        const step = { step: 'restore', kind: 'test', title: 'Restore', phase: 'restore', plane: 'control' as const };
        return [
          entry,
          { ...about, type: 'step-started', ...step, params: {}, command: '', deadlineAt: isoAt(0) },
          { ...about, type: 'step-observed', step: 'restore', done, state: null },
        ];
      });
    expect(dataLoss(observed(false)).loss).toHaveProperty('ms');
    expect(dataLoss(observed(true)).loss).toEqual({ unknown: expect.stringContaining('found its work done') });
  });

  test('is the age of the recovery point when none of the rows was restored, and says so', () => {
    expect(dataLoss(restoreRun([]))).toMatchObject({
      loss: { ms: 120_000, errorMs: 0, source: 'recovery point' },
      basis: 'the time of the point-in-time db@then',
      window: { fromMs: startMs - 20_000, toMs: startMs + 100_000 },
      rows: { lost: 100 },
    });
  });

  test('says that rows lost are unknown when none were written', () => {
    expect(dataLoss(restoreRun([], [])).rows).toEqual({ unknown: 'no heartbeat rows were written' });
  });

  test('is no number when nothing was restored', () => {
    const unfinished = restoreRun([]).filter(
      (entry) => entry.type !== 'heartbeats-found' && !(entry.type === 'phase-entered' && entry.phase === 'check'),
    );
    expect(dataLoss(unfinished).loss).toEqual({ unknown: 'no database was restored' });
  });
});

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

const rowsEvery = (everyMs: number, sequences: number[]): RunEvent => ({
  type: 'heartbeats',
  of: 'orders',
  instance: 'old',
  rows: sequences.map((sequence) => [sequence, startMs + sequence * everyMs]),
});

function heartbeatRun(acknowledged: number[], counted: RunEvent, impairedAt = 200_000): Entry[] {
  const run = newRun(failover('1 s'));
  run.at(0, rowsEvery(1_000, acknowledged));
  run.at(impairedAt, { type: 'impaired', what: 'x', region: 'ap-east-2' });
  run.at(300_000, counted);
  return run.entries();
}

/** What count-heartbeats would write for rows present from sequence 0 on. */
function found(present: number[]): RunEvent {
  const missing: [number, number][] = [];
  for (const [index, sequence] of present.entries()) {
    const expected = index === 0 ? 0 : (present[index - 1] as number) + 1;
    if (sequence > expected) missing.push([expected, sequence - 1]);
  }
  return {
    type: 'heartbeats-found',
    of: 'orders',
    instance: 'new',
    count: present.length,
    first: present[0] ?? null,
    last: present.at(-1) ?? null,
    missing,
  };
}
