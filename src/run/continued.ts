import { goesForward } from '../drill/choices.ts';
import type { Entry, EventOf, Json } from '../journal/events.ts';

/** The last decision of a person about the held run. */
export const lastContinued = (entries: readonly Entry[]): EventOf<'continued'> | undefined =>
  entries.findLast((entry): entry is EventOf<'continued'> => entry.type === 'continued');

/** Where the entries begin that the machine of now is led by: it begins its course again when a person has the run continue. */
export const continuedFrom = (entries: readonly Entry[]): number =>
  entries.findLastIndex((entry) => entry.type === 'continued' && goesForward(entry)) + 1;

export const sinceContinued = (entries: readonly Entry[]): readonly Entry[] => entries.slice(continuedFrom(entries));

/**
 * What a step gave before a person had the run continue, and that still stands: it is neither done nor looked at again.
 * Nothing where it did not succeed, was undone, or ended since.
 */
export function keptResult(step: string, entries: readonly Entry[]): { result: Json | undefined } | undefined {
  const from = continuedFrom(entries);
  if (from === 0) return undefined;
  const ended = entries.findLastIndex((entry) => entry.type === 'step-ended' && entry.step === step);
  const end = entries[ended];
  if (ended < 0 || ended >= from || end?.type !== 'step-ended' || end.outcome !== 'ok') return undefined;
  return isUndone(step, entries) ? undefined : { result: end.result };
}

/** Whether what a step did was undone, and has not been done again since. */
export function isUndone(step: string, entries: readonly Entry[]): boolean {
  const last = entries.findLast(
    (entry) =>
      (entry.type === 'step-applying' && entry.step === step) ||
      (entry.type === 'undo-ended' && entry.step === step && entry.outcome !== 'failed'),
  );
  return last?.type === 'undo-ended';
}

/** The decision that says of this step how it is to end, until it has. */
export function decisionAbout(step: string, entries: readonly Entry[]): EventOf<'continued'> | undefined {
  const last = lastContinued(entries);
  if (last?.step !== step) return undefined;
  return entries.some((entry) => entry.seq > last.seq && entry.type === 'step-ended' && entry.step === step)
    ? undefined
    : last;
}
