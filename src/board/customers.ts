import type { EventOf } from '../journal/events.ts';
import { resultsIn } from '../journal/probes.ts';

interface Customer {
  ok: boolean;
  /** Since when it fares as it does, in epoch milliseconds. */
  sinceMs: number;
  /** It failed after the time that is measured began. */
  wasLost: boolean;
}

export interface ServedNow {
  /** The public name's component. */
  of: string;
  customers: number;
  served: number;
}

/** How the watched customers of each public name fare. What is kept does not grow with the time for which they are watched. */
export class Customers {
  private readonly names = new Map<string, Map<number, Customer>>();

  /** @param fromMs when the time began that is measured */
  take(entry: EventOf<'probed' | 'customers-probed'>, fromMs: number | undefined): void {
    const customers = this.names.get(entry.of) ?? new Map<number, Customer>();
    this.names.set(entry.of, customers);
    const stretches =
      entry.type === 'customers-probed'
        ? entry.stretches
        : resultsIn(entry).map(({ at, ok, customer = 0 }) => ({ customer, ok, fromMs: at, toMs: at }));
    for (const stretch of stretches) {
      const before = customers.get(stretch.customer);
      const now =
        before?.ok === stretch.ok
          ? before
          : { ok: stretch.ok, sinceMs: stretch.fromMs, wasLost: before?.wasLost ?? false };
      if (!stretch.ok && fromMs !== undefined && stretch.toMs >= fromMs) now.wasLost = true;
      customers.set(stretch.customer, now);
    }
  }

  now(): ServedNow[] {
    return [...this.names].map(([of, customers]) => ({
      of,
      customers: customers.size,
      served: [...customers.values()].filter(({ ok }) => ok).length,
    }));
  }

  /** Whether anyone lost service since time began to count, and when the last of them was served again, if all are. */
  recovery(): { wereLost: boolean; servedSinceMs: number | undefined } {
    const lost = [...this.names.values()].flatMap((customers) => [...customers.values()]).filter((one) => one.wasLost);
    if (lost.length === 0 || lost.some(({ ok }) => !ok)) return { wereLost: lost.length > 0, servedSinceMs: undefined };
    return { wereLost: true, servedSinceMs: Math.max(...lost.map(({ sinceMs }) => sinceMs)) };
  }
}
