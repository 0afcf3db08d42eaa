import type { Entry } from '../journal/events.ts';
import type { Workplace } from './workplace.ts';

/** While the run waits for a session, its time limits are looked at this often. */
const LOOK_EVERY_MS = 1_000;

/** How long the run had no AWS session between an instant and now: no time limit runs meanwhile. */
export function pausedMs(entries: readonly Entry[], sinceMs: number, nowMs: number): number {
  let total = 0;
  let fromMs: number | undefined;
  for (const { type, at } of entries) {
    if (type === 'session-ended') fromMs ??= Date.parse(at);
    if (fromMs === undefined || !GOES_ON.has(type)) continue;
    total += Math.max(0, Date.parse(at) - Math.max(fromMs, sinceMs));
    fromMs = undefined;
  }
  return fromMs === undefined ? total : total + Math.max(0, nowMs - Math.max(fromMs, sinceMs));
}

const isPaused = (entries: readonly Entry[]): boolean =>
  entries.findLast(({ type }) => type === 'session-ended' || GOES_ON.has(type))?.type === 'session-ended';

/** What ends a pause. A process that ended, or a run that was suspended, waits for nothing. */
const GOES_ON: ReadonlySet<Entry['type']> = new Set(['session-renewed', 'run-suspended', 'run-resumed']);

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
