import { countsHeartbeats } from '../components/schemas.ts';
import type { Entry, EventOf, Json } from '../journal/events.ts';
import { entriesOf, instantMs } from './reading.ts';

/** A heartbeat row whose writing the database confirmed; `ackMs` in epoch milliseconds. */
export interface Row {
  sequence: number;
  ackMs: number;
}

/**
 * Rows of a data store that the writer acknowledged, ascending; without those that it took after its own rows had been counted, which no
 * count can hold. Source: `heartbeats` events of the store.
 */
export function acknowledgedRows(store: string, entries: readonly Entry[]): Row[] {
  const rows = new Map<number, number>();
  const counted = lastCount(store, entries);
  for (const entry of entriesOf(entries, 'heartbeats')) {
    if (entry.of !== store) continue;
    const untilMs = entry.instance === counted?.instance ? counted.fromMs : Number.POSITIVE_INFINITY;
    for (const [sequence, ackMs] of entry.rows) if (ackMs <= untilMs) rows.set(sequence, ackMs);
  }
  return [...rows].map(([sequence, ackMs]) => ({ sequence, ackMs })).sort((a, b) => a.sequence - b.sequence);
}

const lastFound = (store: string, entries: readonly Entry[]): EventOf<'heartbeats-found'> | undefined =>
  entriesOf(entries, 'heartbeats-found').findLast(({ of }) => of === store);

/** Whether a kind of step counts heartbeat rows, or what a kind of component numbers in their place. */
export const isCount = countsHeartbeats;

/** Whose rows were counted last, and when that was begun. */
function lastCount(store: string, entries: readonly Entry[]): { instance: string; fromMs: number } | undefined {
  const found = lastFound(store, entries);
  if (!found) return undefined;
  const begun = entriesOf(entries, 'step-started').findLast(
    ({ kind, params, seq }) => countsHeartbeats(kind) && seq < found.seq && storeIn(params) === store,
  );
  return { instance: found.instance, fromMs: instantMs(begun ?? found) };
}

const storeIn = (params: Json): unknown =>
  typeof params === 'object' && params !== null && !Array.isArray(params) ? params.store : undefined;

/** What a count of rows found: which are there, on the instance that now counts. */
export interface Found {
  instance: string;
  count: number;
  last: number | null;
  holds(row: Row): boolean;
  /** Whether it is before the last one present: a hole, not a cut-off end. */
  isInside(row: Row): boolean;
}

/** Source: the last `heartbeats-found` event of the store. */
export function foundRows(store: string, entries: readonly Entry[]): Found | undefined {
  const found = lastFound(store, entries);
  if (!found) return undefined;
  const { instance, count, first, last, missing } = found;
  return {
    instance,
    count,
    last,
    holds: ({ sequence }) =>
      first !== null &&
      last !== null &&
      sequence >= first &&
      sequence <= last &&
      !missing.some(([from, to]) => sequence >= from && sequence <= to),
    isInside: ({ sequence }) => last !== null && sequence < last,
  };
}
