import type { EventOf, ProbeResult, Stretch } from './events.ts';

type Probed = Pick<EventOf<'probed'>, 'type' | 'results'> | Pick<EventOf<'customers-probed'>, 'type' | 'stretches'>;

/** The requests that an entry tells of, one by one. */
export const resultsIn = (entry: Probed): ProbeResult[] =>
  entry.type === 'probed' ? entry.results : entry.stretches.flatMap(resultsOf);

/** Those between the first and the last of a stretch were sent at equal distances. */
function resultsOf({ fromMs, toMs, latenciesMs, answer, ...alike }: Stretch): ProbeResult[] {
  const stepMs = latenciesMs.length > 1 ? (toMs - fromMs) / (latenciesMs.length - 1) : 0;
  return latenciesMs.map((latencyMs, index) => ({
    at: index === latenciesMs.length - 1 ? toMs : fromMs + index * stepMs,
    latencyMs,
    ...alike,
    ...(index === 0 && answer && { answer }),
  }));
}

/** Results of one customer, in the order of sending, as stretches; one ends where requests ended otherwise, or none was sent for a while. */
export function stretchesOf(customer: number, results: readonly ProbeResult[], everyMs: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { at, latencyMs, ...alike } of results) {
    const last = stretches.at(-1);
    if (last && continues(last, alike) && at - last.toMs < 2 * everyMs) {
      last.toMs = at;
      last.latenciesMs.push(latencyMs);
    } else stretches.push({ customer, fromMs: at, toMs: at, ...alike, latenciesMs: [latencyMs] });
  }
  return stretches;
}

const continues = (last: Stretch, next: Omit<ProbeResult, 'at' | 'latencyMs'>): boolean =>
  last.ok === next.ok && last.servedBy === next.servedBy && last.reason === next.reason && next.answer === undefined;
