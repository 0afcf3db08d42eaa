import * as z from 'zod';
import type { Entry } from '../journal/events.ts';
import { dataStores } from './parts-of-topology.ts';
import { entriesOf, instantMs, lastEnds, readOnce } from './reading.ts';

/** What a data store that is not essential could not do, where the rest continued without it. */
export const givenUpSchema = z.strictObject({
  store: z.string(),
  step: z.string(),
  title: z.string(),
  reason: z.string(),
  atMs: z.number().describe('Epoch milliseconds.'),
});

type GivenUp = z.output<typeof givenUpSchema>;

/**
 * Steps that failed or took too long, of data stores that are not essential. Source: the last `step-ended` of each, whose steps are called
 * `<line>/<component>`, and the topology of the header.
 */
export const givenUpSteps = readOnce((entries: readonly Entry[]): readonly GivenUp[] => {
  const optional = new Set(dataStores(entries).flatMap(({ id, isEssential }) => (isEssential ? [] : [id])));
  if (optional.size === 0) return [];
  return lastEnds(entries).flatMap((entry): GivenUp[] => {
    const { step, outcome, error } = entry;
    const store = step.split('/')[1];
    if (store === undefined || !optional.has(store) || (outcome !== 'failed' && outcome !== 'deadline')) return [];
    const title = entriesOf(entries, 'step-started').findLast((one) => one.step === step && one.seq < entry.seq)?.title;
    const late = outcome === 'deadline' ? 'it took too long' : 'it failed';
    return [{ store, step, title: title ?? step, reason: error?.message ?? late, atMs: instantMs(entry) }];
  });
});

/** Nothing else waited for it, and the run continued. */
export const wasGivenUp = (step: string, entries: readonly Entry[]): boolean =>
  givenUpSteps(entries).some((one) => one.step === step);
