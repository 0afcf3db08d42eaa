import { describe, expect, test } from 'vitest';
import { type Machine, steadyTime } from '../../src/clock/machine.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';

const START_MS = Date.parse('2026-01-05T01:00:00Z');

/** A machine whose clocks a test moves. */
function machine(hasUptime = true) {
  const state = { passedMs: 0, suspendedMs: 0, setByMs: 0 };
  const clocks: Machine = {
    wallMs: () => START_MS + state.passedMs + state.suspendedMs + state.setByMs,
    monotonicMs: () => 5_000 + state.passedMs,
    uptime: () => (hasUptime ? { boot: 'one', ms: 7_000 + state.passedMs + state.suspendedMs } : undefined),
  };
  return { state, nowMs: steadyTime(clocks) };
}

describe('steady time', () => {
  test('begins at the wall time and goes on with the monotonic clock', () => {
    const { state, nowMs } = machine();
    expect(nowMs()).toBe(START_MS);
    state.passedMs = 1_500;
    expect(nowMs()).toBe(START_MS + 1_500);
  });

  test.each([-3_600_000, -240_000, -12_000, 12_000, 240_000, 3_600_000])(
    'does not move when the wall clock is set by %i ms',
    (setByMs) => {
      const { state, nowMs } = machine();
      state.setByMs = setByMs;
      expect(nowMs()).toBe(START_MS);
      state.passedMs = 20;
      expect(nowMs()).toBe(START_MS + 20);
    },
  );

  test('does not move with a wall clock that runs 1 % fast', () => {
    const { state, nowMs } = machine();
    for (let second = 1; second <= 3_600; second += 1) {
      state.passedMs = second * 1_000;
      state.setByMs = second * 10;
      expect(nowMs()).toBe(START_MS + second * 1_000);
    }
  });

  test('counts the time in which the machine was suspended, as customers waited meanwhile', () => {
    const { state, nowMs } = machine();
    state.suspendedMs = 600_000;
    expect(nowMs()).toBe(START_MS + 600_000);
    state.passedMs = 5_000;
    state.suspendedMs = 900_000;
    expect(nowMs()).toBe(START_MS + 905_000);
  });

  test('tells a suspended machine from a wall clock that was set at the same time', () => {
    const { state, nowMs } = machine();
    state.suspendedMs = 600_000;
    state.setByMs = -3_600_000;
    expect(nowMs()).toBe(START_MS + 600_000);
  });

  test('where the uptime is not known, keeps to the monotonic clock', () => {
    const { state, nowMs } = machine(false);
    state.setByMs = 600_000;
    expect(nowMs()).toBe(START_MS);
  });
});

test('in virtual time the wall clock is that of a machine which nobody sets, unless a test does', () => {
  const still = new VirtualClock(START_MS);
  expect([still.wallMs(), still.mayBeSet]).toEqual([START_MS, false]);
  const late = new VirtualClock(START_MS, { wall: (nowMs) => nowMs - 12_000 });
  expect([late.nowMs(), late.wallMs(), late.mayBeSet]).toEqual([START_MS, START_MS - 12_000, true]);
});

test('a timer of any length waits for its time', async () => {
  const clock = realClock();
  const fired: number[] = [];
  const days = [24, 25, 30, 400].map((count) => count * 86_400_000);
  const timers = days.map((ms) => clock.setTimeout(() => fired.push(ms), ms));
  const over = new AbortController();
  const sleeping = clock.sleep(25 * 86_400_000, over.signal).then(
    () => 'slept',
    () => 'still asleep',
  );
  await clock.sleep(20);
  expect(fired).toEqual([]);
  over.abort();
  expect(await sleeping).toBe('still asleep');
  for (const timer of timers) clock.clearTimeout(timer);
});
