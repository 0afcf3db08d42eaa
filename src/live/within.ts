import type { Clock } from '../clock/clock.ts';
import { Aborted } from '../errors.ts';

interface Limit {
  clock: Clock;
  ms: number;
  signal?: AbortSignal | undefined;
  /** The error of work that took longer. */
  late: () => Error;
}

/**
 * Ends `work`, with everything that it began, when its time is over or nobody waits any more. `again` gives work that consists of several
 * requests the same time for each.
 */
export function within<T>(
  { clock, ms, signal, late }: Limit,
  work: (ends: AbortSignal, again: () => void) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new Aborted());
    const ends = new AbortController();
    let timer: unknown;
    const again = () => {
      clock.clearTimeout(timer);
      if (!ends.signal.aborted) timer = clock.setTimeout(() => end(() => reject(late())), ms);
    };
    const stop = () => end(() => reject(new Aborted()));
    const end = (settle: () => void) => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      settle();
      ends.abort();
    };
    signal?.addEventListener('abort', stop, { once: true });
    again();
    work(ends.signal, again).then(
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(error)),
    );
  });
}
