import type { Entry } from '../journal/events.ts';
import type { Workplace } from './workplace.ts';

/** While the run waits for a session, its time limits are looked at this often. */
const LOOK_EVERY_MS = 1_000;

/** How long the run had no AWS session between an instant and now: no time limit runs meanwhile. */
export function pausedMs(entries: readonly Entry[], sinceMs: number, nowMs: number): number {
  let total = 0;
  let fromMs: number | undefined;
  for (const entry of entries) {
    const atMs = Date.parse(entry.at);
    if (entry.type === 'session-ended') fromMs ??= atMs;
    // A process that ended, or a run that was suspended, waits for nothing.
    if (!['session-renewed', 'run-suspended', 'run-resumed'].includes(entry.type) || fromMs === undefined) continue;
    total += Math.max(0, atMs - Math.max(fromMs, sinceMs));
    fromMs = undefined;
  }
  return fromMs === undefined ? total : total + Math.max(0, nowMs - Math.max(fromMs, sinceMs));
}

const isPaused = (entries: readonly Entry[]): boolean =>
  entries.findLast(({ type }) => ['session-ended', 'session-renewed', 'run-suspended', 'run-resumed'].includes(type))
    ?.type === 'session-ended';

/** How much is left of a time limit that began at `sinceMs` and would end at `endMs` without a pause. */
export function leftMs({ entries, clock }: Workplace, sinceMs: number, endMs: number): number {
  const nowMs = clock.nowMs();
  return endMs + pausedMs(entries(), sinceMs, nowMs) - nowMs;
}

/** Resolves when a time limit has passed that began at `sinceMs` and would end at `endMs` without a pause. */
export async function passed(workplace: Workplace, sinceMs: number, endMs: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const left = leftMs(workplace, sinceMs, endMs);
    const paused = isPaused(workplace.entries());
    if (left <= 0 && !paused) return;
    await workplace.clock.sleep(paused ? Math.max(left, LOOK_EVERY_MS) : left, signal);
  }
}

/** Runs work with a signal that ends with `signal` or after so long without pauses. */
export async function within<T>(
  workplace: Workplace,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal, isOver: () => boolean) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const done = new AbortController();
  const nowMs = workplace.clock.nowMs();
  passed(workplace, nowMs, nowMs + ms, done.signal).then(
    () => limit.abort(),
    () => {},
  );
  try {
    return await work(AbortSignal.any([signal, limit.signal]), () => limit.signal.aborted);
  } finally {
    done.abort();
  }
}
