import type { Entry, EventOf, ProbeResult } from '../journal/events.ts';
import { resultsIn } from '../journal/probes.ts';
import { entriesOf, readOnce, recoveryFromMs } from './reading.ts';

/** What the watched customers of a public name met. */
export interface Watched {
  /** How often each of them sent a request, in milliseconds. */
  everyMs: number;
  /** Of each customer, in the order of sending; those that were watched but of whom nothing is there are left out. */
  customers: ProbeResult[][];
}

/**
 * What the customers of a name met from the impairment on, with the requests that it caught under way. Source: `customers-probed` events of
 * the name; `probed` events in journals that watched one customer.
 */
export const watchedAt = (name: string, entries: readonly Entry[]): Watched | undefined =>
  watchedNames(entries).get(name);

const watchedNames = readOnce((entries): ReadonlyMap<string, Watched> => {
  const fromMs = recoveryFromMs(entries);
  const probed = [...entriesOf(entries, 'probed'), ...entriesOf(entries, 'customers-probed')];
  const names = [...new Set(probed.map(({ of }) => of))];
  if (fromMs === undefined) return new Map();
  return new Map(
    names.flatMap((name): [string, Watched][] => {
      const watched = watchedFrom(
        fromMs,
        probed.filter(({ of }) => of === name),
      );
      return watched ? [[name, watched]] : [];
    }),
  );
});

function watchedFrom(fromMs: number, probed: EventOf<'probed' | 'customers-probed'>[]): Watched | undefined {
  const everyMs = probed[0]?.everyMs;
  const all = new Map<number, ProbeResult[]>();
  for (const result of probed.flatMap(resultsIn).sort((a, b) => a.at - b.at)) {
    const { customer = 0 } = result;
    const own = all.get(customer);
    if (own) own.push(result);
    else all.set(customer, [result]);
  }
  const customers = [...all]
    .sort(([a], [b]) => a - b)
    .map(([, results]) => from(fromMs, results))
    .filter((results) => results.length > 0);
  return everyMs === undefined || customers.length === 0 ? undefined : { everyMs, customers };
}

/** The results from an instant on; the first of them tells which answer of DNS its customer used. */
function from(fromMs: number, results: readonly ProbeResult[]): ProbeResult[] {
  const later = results.filter(({ at, ok, latencyMs }) => at >= fromMs || (!ok && at + latencyMs > fromMs));
  const [first, ...rest] = later;
  if (!first) return [];
  const used = results.findLast(({ at, answer }) => answer !== undefined && at <= first.at)?.answer;
  return used ? [{ ...first, answer: used }, ...rest] : later;
}
