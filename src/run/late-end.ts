import type { ErrorFacts } from '../errors.ts';
import type { Entry, EventOf, RunEvent } from '../journal/events.ts';
import { lastSeen } from './last-seen.ts';
import { YIELDED, yielded } from './yielding.ts';

/**
 * Why a step ended whose time was up: what its looks saw last, or that it was given up for the others.
 * @param otherwise what is told where it saw nothing
 */
export function whyLate(step: string, entries: readonly Entry[], otherwise: ErrorFacts): ErrorFacts {
  const seen = lastSeen(step, entries);
  if (!yielded(step, entries)) return seen ?? otherwise;
  return { name: 'Yielded', message: seen ? `${YIELDED}: ${seen.message}` : YIELDED };
}

/** The ends of steps whose time was up as their process ended, which it could not write any more: nobody takes these steps up again. */
export function endsNotWritten(entries: readonly Entry[]): Extract<RunEvent, { type: 'step-ended' }>[] {
  const latest = new Map<string, Entry>();
  for (const entry of entries) if ('step' in entry && entry.step && LIFE.has(entry.type)) latest.set(entry.step, entry);
  return [...latest.values()]
    .filter((entry): entry is EventOf<'deadline-passed'> => entry.type === 'deadline-passed')
    .map(({ step, reason }) => ({
      type: 'step-ended',
      step,
      outcome: 'deadline',
      error: whyLate(step, entries, { name: 'Aborted', message: reason }),
    }));
}

const LIFE: ReadonlySet<Entry['type']> = new Set(['step-started', 'step-resumed', 'deadline-passed', 'step-ended']);
