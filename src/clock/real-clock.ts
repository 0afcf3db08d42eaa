import { Aborted } from '../errors.ts';
import type { Clock } from './clock.ts';

/** The time of the machine: wall time that may be set, and beside it a monotonic time that never jumps. */
export function realClock(): Clock {
  const startMs = performance.now();
  return {
    nowMs: () => Date.now(),
    elapsedMs: () => Math.round(performance.now() - startMs),
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
