import { Aborted, type ErrorFacts, errorFacts } from '../errors.ts';
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

type StepEnded = Extract<RunEvent, { type: 'step-ended' }>;

/**
 * The ends of steps that their machine had stopped, which the process could not write any more: nobody takes these steps up again.
 * @param goesOn whether the machine, where the journal has brought it to, still waits for a step
 */
export function endsNotWritten(entries: readonly Entry[], goesOn: (step: string) => boolean): StepEnded[] {
  const latest = new Map<string, Entry>();
  for (const entry of entries) if ('step' in entry && entry.step && LIFE.has(entry.type)) latest.set(entry.step, entry);
  return [...latest].flatMap(([step, { type, ...entry }]): StepEnded[] => {
    if (type === 'step-ended' || goesOn(step)) return [];
    if (type !== 'deadline-passed')
      return [{ type: 'step-ended', step, outcome: 'aborted', error: errorFacts(new Aborted()) }];
    const { reason } = entry as EventOf<'deadline-passed'>;
    const error = whyLate(step, entries, { name: 'Aborted', message: reason });
    return [{ type: 'step-ended', step, outcome: 'deadline', error }];
  });
}

const LIFE: ReadonlySet<Entry['type']> = new Set(['step-started', 'step-resumed', 'deadline-passed', 'step-ended']);
