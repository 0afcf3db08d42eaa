import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/clock/clock.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import type { Clocks, Entry } from '../../src/journal/events.ts';
import { customerOutage } from '../../src/measure/customer.ts';
import { dataLoss } from '../../src/measure/data-loss.ts';
import { deviations } from '../../src/measure/deviations.ts';
import { recoveryTime } from '../../src/measure/recovery-time.ts';
import { clocksNow, joinedNow } from '../../src/run/join.ts';
import { drillFrom, failoverRun, startMs, typicalTruth } from '../measure/synthetic-run.ts';

const MINUTE = 60_000;
const BOOT = { boot: 'one', uptimeMs: 500_000 };
/** AWS's clock, as the process that began the run saw it. */
const AWS = { awsAheadMs: -400 };

/** A journal whose process ended ten minutes after it began. */
function left(clocks: Clocks | undefined, wallAheadMs = 0): Entry[] {
  const at = (ms: number) => ({ at: new Date(startMs + ms).toISOString(), ms, prev: '' });
  return [
    { seq: 1, ...at(0), type: 'run-started', ...(clocks && { clocks }) } as Entry,
    ...(wallAheadMs === 0
      ? []
      : [{ seq: 2, ...at(5_000), type: 'clock-jumped', byMs: wallAheadMs, wall: '' } satisfies Entry]),
    { seq: 3, ...at(10 * MINUTE), type: 'phase-entered', phase: 'detect' },
  ];
}

/** A process that takes the run up `deadMs` after that. */
function now(deadMs: number, { setByMs = 0, boot = 'one', uptimeAheadMs = 0, aws = true } = {}) {
  const trueMs = startMs + 10 * MINUTE + deadMs;
  const clock: Clock = Object.assign(new VirtualClock(trueMs + setByMs, { wall: (ms) => ms }), {
    uptime: () => ({ boot, ms: 500_000 + 10 * MINUTE + deadMs + uptimeAheadMs }),
  });
  return { clock, awsNowMs: aws ? trueMs - 400 : undefined };
}

const joinedAfter = (entries: Entry[], { clock, awsNowMs }: ReturnType<typeof now>) => {
  const { nowMs, joined } = joinedNow(entries, clock, awsNowMs);
  return { deadMs: nowMs - startMs - 10 * MINUTE, ...joined };
};

describe('a run that is resumed', () => {
  test.each([-3_600_000, -240_000, -12_000, 0, 12_000, 240_000, 3_600_000])(
    'on the same boot goes on exactly where it was, although the wall clock was set by %i ms meanwhile',
    (setByMs) => {
      const joined = joinedAfter(left({ ...BOOT, ...AWS }), now(90_000, { setByMs }));
      expect(joined).toEqual({ deadMs: 90_000, by: 'uptime', errorMs: 20 });
    },
  );

  test('goes on by the uptime where AWS has not said what time it is', () => {
    const joined = joinedAfter(left(BOOT), now(90_000, { setByMs: -12_000, aws: false }));
    expect(joined).toEqual({ deadMs: 90_000, by: 'uptime', errorMs: 20 });
  });

  test.each(['another boot', 'another machine, whose boots have no name'])(
    'on %s goes on by the wall clock, if AWS’s clock agrees',
    (which) => {
      const began = which === 'another boot' ? { ...BOOT, ...AWS } : AWS;
      const joined = joinedAfter(left(began), now(90_000, { boot: 'two' }));
      expect(joined).toEqual({ deadMs: 90_000, by: 'wall', errorMs: expect.closeTo(2_069) });
    },
  );

  test.each([-3_600_000, -12_000, 12_000, 3_600_000])(
    'on another boot goes on by AWS’s clock, if the wall clock was set by %i ms',
    (setByMs) => {
      const { deadMs, by, errorMs } = joinedAfter(left({ ...BOOT, ...AWS }), now(90_000, { boot: 'two', setByMs }));
      expect([deadMs, by]).toEqual([90_000, 'aws']);
      expect(errorMs).toBeGreaterThanOrEqual(2_000);
    },
  );

  test('does not believe an uptime that AWS’s clock contradicts, as of a container that was started again', () => {
    const joined = joinedAfter(left({ ...BOOT, ...AWS }), now(90_000, { uptimeAheadMs: -60_000 }));
    expect(joined).toMatchObject({ deadMs: 90_000, by: 'wall' });
  });

  test('knows what the wall clock had been set by before its process ended', () => {
    const entries = left({ ...AWS }, -12_000);
    const joined = joinedAfter(entries, now(90_000, { boot: 'two', setByMs: -12_000 }));
    expect(joined).toMatchObject({ deadMs: 90_000, by: 'wall' });
  });

  test('by a wall clock that nothing confirms says that the time in between may be wrong altogether', () => {
    expect(joinedAfter(left({}), now(90_000, { aws: false, boot: 'two' }))).toEqual({
      deadMs: 90_000,
      by: 'wall alone',
      errorMs: 90_000,
    });
  });

  test('never goes back in time', () => {
    const joined = joinedAfter(left(undefined), now(90_000, { setByMs: -3_600_000, aws: false }));
    expect(joined).toEqual({ deadMs: 0, by: 'wall alone', errorMs: 3_510_000 });
  });

  test('notes what the next process needs to go on', () => {
    const { clock } = now(0);
    expect(clocksNow(clock, startMs + 10 * MINUTE - 400)).toEqual({
      boot: 'one',
      uptimeMs: 500_000 + 10 * MINUTE,
      awsAheadMs: -400,
    });
  });
});

describe('figures that span a restart of the process', () => {
  const drill = drillFrom('multi-region-failover.yaml');
  const figures = (joinedAtMs: number, errorMs: number) => {
    const run = failoverRun(typicalTruth, drill);
    run.at(joinedAtMs, {
      type: 'run-resumed',
      tool: 'test',
      deadMs: 0,
      tornBytes: 0,
      joined: { by: 'wall', errorMs },
    });
    const entries = run.entries();
    const { total, parts } = recoveryTime(entries);
    return { entries, total, parts, loss: dataLoss(entries).loss, outage: customerOutage(entries).duration };
  };
  const whole = figures(0, 2_000);
  const inside = figures(typicalTruth.impairedAt + typicalTruth.detectTakes + 1_000, 2_000);

  test('have an error bar that is wider by what the join cannot know, and the same value', () => {
    for (const figure of ['total', 'outage'] as const) {
      const [alone, joined] = [whole[figure], inside[figure]] as { ms: number; errorMs: number }[];
      expect(joined).toEqual({ ...alone, errorMs: (alone?.errorMs ?? 0) + 2_000 });
    }
  });

  test('are not touched where the restart lies outside of them', () => {
    expect(inside.loss).toEqual(whole.loss);
    expect(inside.parts[0]).toEqual(whole.parts[0]);
  });

  test('say in the report how the two times were joined', () => {
    expect(deviations(inside.entries)).toContainEqual(
      expect.objectContaining({
        kind: 'resumed',
        what: expect.stringContaining('joined by the wall clock, with which AWS’s clock agreed (± 2 s)'),
      }),
    );
  });
});
