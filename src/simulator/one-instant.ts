import type { Clock } from '../clock/clock.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';

/** A clock, and the way to make it stand during a piece of work. */
export interface InstantClock {
  clock: Clock;
  atOneInstant<T>(work: () => T): T;
}

/**
 * An answer of AWS describes one instant, however long a busy machine takes to write it: in a fast world a change could otherwise end
 * between its beginning and its description. Virtual time stands by itself.
 */
export function instantClock(clock: Clock): InstantClock {
  if (clock instanceof VirtualClock) return { clock, atOneInstant: (work) => work() };
  let standsAtMs: number | undefined;
  const nowMs = () => standsAtMs ?? clock.nowMs();
  return {
    clock: {
      nowMs,
      elapsedMs: () => clock.elapsedMs(),
      wallMs: () => clock.wallMs(),
      mayBeSet: clock.mayBeSet,
      uptime: () => clock.uptime(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (timer) => clock.clearTimeout(timer),
    },
    atOneInstant(work) {
      const before = standsAtMs;
      standsAtMs = nowMs();
      try {
        return work();
      } finally {
        standsAtMs = before;
      }
    },
  };
}
