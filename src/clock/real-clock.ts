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

interface Timer {
  cancel(): void;
}

/** Node fires a longer timer at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** A timer of any length. */
function after(callback: () => unknown, ms: number): Timer {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number) => {
    timer =
      leftMs > LONGEST_MS ? setTimeout(() => wait(leftMs - LONGEST_MS), LONGEST_MS) : setTimeout(callback, leftMs);
  };
  wait(ms);
  return { cancel: () => clearTimeout(timer) };
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
    setTimeout: after,
    clearTimeout: (timer) => (timer as Timer | undefined)?.cancel(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          timer.cancel();
          reject(new Aborted());
        };
        if (signal?.aborted) return reject(new Aborted());
        const timer = after(() => {
          signal?.removeEventListener('abort', stop);
          resolve();
        }, ms);
        signal?.addEventListener('abort', stop, { once: true });
      }),
  };
}
