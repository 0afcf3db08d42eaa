import type { EventOf, Json } from '../journal/events.ts';

type Range = [from: number, to: number];

interface Written {
  /** Acknowledged before the last count began, or at any time where none did. */
  before: Range[];
  /** Acknowledged since: a count of the instance that took them cannot hold them. */
  since: Range[];
}

interface Store {
  byInstance: Map<string, Written>;
  countedFromMs: number | undefined;
  found: Pick<EventOf<'heartbeats-found'>, 'instance' | 'first' | 'last' | 'missing'> | undefined;
}

export interface RowsOf {
  /** The data store's component. */
  of: string;
  acknowledged: number;
  /** Null until the rows were counted on the instance that now counts. */
  lost: number | null;
}

/** The numbered rows that were acknowledged, as ranges, and how many of them a count did not find. */
export class Rows {
  private readonly stores = new Map<string, Store>();

  take(entry: EventOf<'heartbeats' | 'heartbeats-found'>): void {
    const store = this.storeNamed(entry.of);
    if (entry.type === 'heartbeats-found') {
      const { instance, first, last, missing } = entry;
      store.found = { instance, first, last, missing };
      return;
    }
    const written = store.byInstance.get(entry.instance) ?? { before: [], since: [] };
    store.byInstance.set(entry.instance, written);
    for (const [sequence, acknowledgedMs] of entry.rows)
      addTo(
        acknowledgedMs <= (store.countedFromMs ?? Number.POSITIVE_INFINITY) ? written.before : written.since,
        sequence,
      );
  }

  /** A count of a data store's rows begins. */
  countBegins(params: Json, atMs: number): void {
    const of = typeof params === 'object' && params !== null && !Array.isArray(params) ? params.store : undefined;
    if (typeof of !== 'string') return;
    const store = this.storeNamed(of);
    store.countedFromMs = atMs;
    for (const written of store.byInstance.values()) {
      for (const range of written.since) written.before.push(range);
      written.since = [];
    }
  }

  now(): RowsOf[] {
    return [...this.stores].flatMap(([of, { byInstance, found }]) => {
      const counted = [...byInstance].flatMap(([instance, { before, since }]) =>
        instance === found?.instance ? before : [...before, ...since],
      );
      if (counted.length === 0) return [];
      const rows = merged(counted);
      return [{ of, acknowledged: sizeOf(rows), lost: found ? sizeOf(rows) - heldOf(rows, found) : null }];
    });
  }

  private storeNamed(of: string): Store {
    const store = this.stores.get(of) ?? { byInstance: new Map(), countedFromMs: undefined, found: undefined };
    this.stores.set(of, store);
    return store;
  }
}

/** Rows come in order, so most often the last range grows. */
function addTo(ranges: Range[], sequence: number): void {
  const last = ranges.at(-1);
  if (last && sequence === last[1] + 1) last[1] = sequence;
  else if (!last || sequence > last[1]) ranges.push([sequence, sequence]);
  else if (!ranges.some(([from, to]) => from <= sequence && sequence <= to)) ranges.push([sequence, sequence]);
}

function merged(ranges: readonly Range[]): Range[] {
  const all: Range[] = [];
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}

const sizeOf = (ranges: readonly Range[]): number => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);

/** How many of these rows a count found: from its first to its last, but for the gaps. */
function heldOf(rows: readonly Range[], { first, last, missing }: NonNullable<Store['found']>): number {
  if (first === null || last === null) return 0;
  const within = ([from, to]: Range): Range[] =>
    rows.flatMap(([a, b]): Range[] =>
      Math.max(a, from) <= Math.min(b, to) ? [[Math.max(a, from), Math.min(b, to)]] : [],
    );
  return sizeOf(within([first, last])) - missing.reduce((sum, gap) => sum + sizeOf(within(gap)), 0);
}
