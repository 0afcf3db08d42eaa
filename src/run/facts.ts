import type { Entry } from '../journal/events.ts';
import type { Facts } from '../runbook/form.ts';

/** What the steps so far have given, read from the journal: a resumed run knows just as much. */
export function factsOf(entries: readonly Entry[]): Facts {
  const results: Facts['results'] = {};
  for (const entry of entries) {
    if (entry.type === 'step-ended' && entry.outcome === 'ok') results[entry.step] = entry.result;
  }
  return { startedAtMs: Date.parse(entries[0]?.at ?? ''), results };
}
