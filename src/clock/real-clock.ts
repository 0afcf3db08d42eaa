import { Aborted } from '../errors.ts';
import type { Clock } from './clock.ts';
import { type Machine, steadyTime, thisMachine } from './machine.ts';

/** One time line for all clocks of the process. */
const steadyMs = steadyTime(thisMachine);

/** The time of this machine. */
export const realClock = (): Clock => clockOf(thisMachine, steadyMs);

/** The same, going on from the steady instant that another process's time has come to. */
export function realClockFrom(nowMs: number): Clock {
  const aheadMs = nowMs - steadyMs();
  return clockOf(thisMachine, () => steadyMs() + aheadMs);
}

/**
 * @param machine whose clocks these are
 * @param nowMs its steady time
 */
export function clockOf(machine: Machine, nowMs: () => number): Clock {
  const startMs = nowMs();
  return {
    nowMs,
    elapsedMs: () => nowMs() - startMs,
    wallMs: machine.wallMs,
    mayBeSet: true,
    uptime: machine.uptime,
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer);
          reject(new Aborted());
        };
        if (signal?.aborted) return reject(new Aborted());
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', stop);
          resolve();
        }, ms);
        signal?.addEventListener('abort', stop, { once: true });
      }),
  };
}
