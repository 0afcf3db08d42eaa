import type { Entry } from '../journal/events.ts';
import { entriesOf, instantMs } from './reading.ts';

/** A heartbeat row whose writing the database confirmed; `ackMs` in epoch milliseconds. */
export interface Row {
  sequence: number;
  ackMs: number;
}

/**
 * Rows that the writer acknowledged, ascending; without those that it took after its own rows had been counted, which no count can
 * hold. Source: `heartbeats` events.
 */
export function acknowledgedRows(entries: readonly Entry[]): Row[] {
  const rows = new Map<number, number>();
  const counted = lastCount(entries);
  for (const entry of entriesOf(entries, 'heartbeats')) {
    const untilMs = entry.instance === counted?.instance ? counted.fromMs : Number.POSITIVE_INFINITY;
    for (const [sequence, ackMs] of entry.rows) if (ackMs <= untilMs) rows.set(sequence, ackMs);
  }
  return [...rows].map(([sequence, ackMs]) => ({ sequence, ackMs })).sort((a, b) => a.sequence - b.sequence);
}

/** Whose rows were counted last, and when that was begun. */
function lastCount(entries: readonly Entry[]): { instance: string; fromMs: number } | undefined {
  const found = entriesOf(entries, 'heartbeats-found').at(-1);
  if (!found) return undefined;
  const begun = entriesOf(entries, 'step-started').findLast(
    ({ kind, seq }) => kind === 'data.count-heartbeats' && seq < found.seq,
  );
  return { instance: found.instance, fromMs: instantMs(begun ?? found) };
}

/** What a count of rows found: which are there, on the instance that now counts. */
export interface Found {
  instance: string;
  count: number;
  last: number | null;
  holds(row: Row): boolean;
  /** Whether it lies before the last one present: a hole, not a cut-off end. */
  isInside(row: Row): boolean;
}

/** Source: the last `heartbeats-found` event. */
export function foundRows(entries: readonly Entry[]): Found | undefined {
  const found = entriesOf(entries, 'heartbeats-found').at(-1);
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
