import type { Entry } from '../journal/events.ts';
import { DECIDING, undecidedAfter } from './undecided.ts';
import type { Workplace } from './workplace.ts';

/** While the run waits for a session, or for people to decide whether it continues, its time limits are looked at this often. */
const LOOK_EVERY_MS = 1_000;

/** How long the run had no AWS session, or was for people to decides, between an instant and now: no time limit runs meanwhile. */
export function pausedMs(entries: readonly Entry[], sinceMs: number, nowMs: number): number {
  let total = 0;
  let fromMs: number | undefined;
  let paused = RUNNING;
  for (const entry of entries) {
    if (!PAUSES.has(entry.type)) continue;
    const before = paused;
    paused = pausedAfter(entry, before);
    if (paused === before) continue;
    const atMs = Date.parse(entry.at);
    if (isOn(before) && fromMs !== undefined) total += Math.max(0, atMs - Math.max(fromMs, sinceMs));
    fromMs = isOn(paused) ? atMs : undefined;
  }
  return fromMs === undefined ? total : total + Math.max(0, nowMs - Math.max(fromMs, sinceMs));
}

interface Paused {
  session: boolean;
  undecided: ReadonlySet<string>;
}

const RUNNING: Paused = { session: false, undecided: new Set() };

const isOn = ({ session, undecided }: Paused): boolean => session || undecided.size > 0;

function pausedAfter(entry: Entry, before: Paused): Paused {
  const session = entry.type === 'session-ended' || (before.session && !GOES_ON.has(entry.type));
  const undecided = undecidedAfter(entry, before.undecided);
  return session === before.session && undecided === before.undecided ? before : { session, undecided };
}

const isPaused = (entries: readonly Entry[]): boolean =>
  isOn(entries.reduce((paused, entry) => (PAUSES.has(entry.type) ? pausedAfter(entry, paused) : paused), RUNNING));

/** What ends a pause for a session. A process that ended, or a run that was suspended, waits for none. */
const GOES_ON: ReadonlySet<Entry['type']> = new Set(['session-renewed', 'run-suspended', 'run-resumed']);

/** What begins or ends any pause: nothing else in a long journal needs a look. */
const PAUSES: ReadonlySet<Entry['type']> = new Set(['session-ended', ...GOES_ON, ...DECIDING]);

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
