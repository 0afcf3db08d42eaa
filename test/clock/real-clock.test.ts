import { afterEach, expect, test, vi } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([-12_000, 12_000, -240_000, 240_000, 3_600_000])(
  'a wall clock that is set by %i ms moves no duration',
  (setMs) => {
    const clock = realClock();
    const [before, wall] = [clock.nowMs(), Date.now()];
    vi.spyOn(Date, 'now').mockReturnValue(wall + setMs);
    expect(clock.wallMs()).toBe(wall + setMs);
    expect(clock.nowMs() - before).toSatisfy((ms: number) => ms >= 0 && ms < 1_000);
    expect(clock.elapsedMs()).toSatisfy((ms: number) => ms >= 0 && ms < 1_000);
  },
);
