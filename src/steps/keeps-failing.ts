import { errorFacts } from '../errors.ts';
import type { StepContext } from './step.ts';

const SHOWN_AFTER_MS = 5_000;
const SHOWN_EVERY_MS = 60_000;

/**
 * Tells of what fails again and again although nothing waits for it to succeed: after 5 s, and then each minute, or when the reason is another.
 * `nextMs` is when it is tried again.
 */
export function keepsFailing({ clock, record, step }: Pick<StepContext, 'clock' | 'record' | 'step'>, what: string) {
  let sinceMs: number | undefined;
  let times = 0;
  let told = { reason: '', atMs: 0 };
  return {
    failed(error: unknown, nextMs: number): void {
      const nowMs = clock.nowMs();
      sinceMs ??= nowMs;
      times += 1;
      const { name, message } = errorFacts(error);
      const reason = `${name}: ${message}`;
      const isDue = told.reason !== reason || nowMs - told.atMs >= SHOWN_EVERY_MS;
      if (nowMs - sinceMs < SHOWN_AFTER_MS || !isDue) return;
      told = { reason, atMs: nowMs };
      record({ type: 'look-failing', step, what, reason, times, nextMs });
    },
    worked(): void {
      sinceMs = undefined;
      times = 0;
      told = { reason: '', atMs: 0 };
    },
  };
}
