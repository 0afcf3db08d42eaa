import type { ErrorFacts } from '../errors.ts';
import type { Entry } from '../journal/events.ts';

/** Why a step's time ran out, as far as its looks told: what did not become ready, or what could not be seen. */
export function lastSeen(step: string, entries: readonly Entry[]): ErrorFacts | undefined {
  const began = entries.findLastIndex((entry) => entry.type === 'step-started' && entry.step === step);
  const told = entries
    .slice(began)
    .findLast(
      (entry) =>
        (entry.type === 'not-ready' || entry.type === 'look-failing') && 'step' in entry && entry.step === step,
    );
  if (told?.type === 'not-ready') return { name: 'NotReady', message: told.reasons.join('; ') };
  if (told?.type === 'look-failing') return { name: 'LookFailing', message: `${told.what}: ${told.reason}` };
  return undefined;
}
