import type { Entry } from '../journal/events.ts';
import { passed } from './time-limit.ts';
import type { Workplace } from './workplace.ts';

/** How long everyone else waits for a data store that customers can do without: two takeovers seldom end further apart. */
const PATIENCE_MS = 60_000;

const LOOK_EVERY_MS = 1_000;

/** Why a step was given up that had time left. */
export const YIELDED = 'customers waited for nothing else for 60 s, and can do without it';

/** Whether that is how a step ended that began last. */
export function yielded(step: string, entries: readonly Entry[]): boolean {
  const latest = entries.findLast((entry) => 'step' in entry && entry.step === step && ENDS.includes(entry.type));
  return latest?.type === 'deadline-passed' && latest.reason === YIELDED;
}

const ENDS = ['step-started', 'step-resumed', 'deadline-passed'];

/** Resolves once all these steps have ended and a step that began at `sinceMs` has had a while since. */
export async function othersWaited(
  steps: readonly string[],
  workplace: Workplace,
  sinceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new Set(steps);
  let [seen, fromMs] = [0, sinceMs];
  for (;;) {
    const entries = workplace.entries();
    for (const entry of entries.slice(seen))
      if (entry.type === 'step-ended' && entry.outcome === 'ok' && waiting.delete(entry.step))
        fromMs = Math.max(fromMs, Date.parse(entry.at));
    seen = entries.length;
    if (waiting.size === 0) return passed(workplace, fromMs, fromMs + PATIENCE_MS, signal);
    await workplace.clock.sleep(LOOK_EVERY_MS, signal);
  }
}
