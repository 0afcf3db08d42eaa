import type { Entry } from '../../src/journal/events.ts';
import type { SimulatedWorld } from '../../src/simulator/simulate.ts';

/**
 * Fails where two databases took writes of the shop at any instant, at an entry of the journal or between two of them. Every test that
 * runs a drill asks this, in one place.
 */
export function mustHaveOneWriter({ twoWriters }: SimulatedWorld, entries: readonly Entry[]): void {
  const [first] = twoWriters();
  if (!first) return;
  const { fromMs, writers } = first;
  const before = entries.findLast(({ at }) => Date.parse(at) <= fromMs);
  const where = before ? `after line ${before.seq} of the journal (${before.type})` : 'before the journal begins';
  throw new Error(
    `${writers.join(' and ')} took writes at the same time, from ${new Date(fromMs).toISOString()}, ${where}.`,
  );
}
