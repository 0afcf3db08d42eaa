import type { Entry } from '../../src/journal/events.ts';
import type { SimulatedWorld } from '../../src/simulator/simulate.ts';
import type { TwoWriters } from '../../src/simulator/writers.ts';

/**
 * Fails where two took writes of one data store at any instant, at an entry of the journal or between two of them, and nobody was told.
 * Every test that runs a drill asks this, in one place.
 */
export function mustHaveOneWriter({ twoWriters }: SimulatedWorld, entries: readonly Entry[]): void {
  const found = twoWriters().find((one) => !wasTold(one, entries));
  if (!found) return;
  const { fromMs, writers } = found;
  const before = entries.findLast(({ at }) => Date.parse(at) <= fromMs);
  const where = before ? `after line ${before.seq} of the journal (${before.type})` : 'before the journal begins';
  throw new Error(
    `${writers.join(' and ')} took writes at the same time, from ${new Date(fromMs).toISOString()}, ${where}.`,
  );
}

/** Where AWS itself lets a second one write, or consumers could not be stopped, a drill can only say so. */
const wasTold = ({ writers }: TwoWriters, entries: readonly Entry[]): boolean =>
  entries.some(
    (entry) =>
      (entry.type === 'check' && !entry.ok && writers.some((one) => entry.detail === `${one} takes writes as well`)) ||
      (entry.type === 'finding' &&
        writers.some((one) => entry.subject === one.split(' at ')[1] && entry.what.startsWith('could not stop'))),
  );
