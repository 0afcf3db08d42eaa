import { Aborted } from '../errors.ts';
import type { StepContext } from './step.ts';

/**
 * Looks until there is something to see: soon at first, then every `maxMs` (5 s unless said), well inside AWS's limits.
 * The SDK's own waiters look every 30 s and more, which would be most of a five-minute recovery.
 */
export async function until<T>(
  context: Pick<StepContext, 'clock' | 'signal'>,
  look: () => Promise<T | undefined>,
  pace: { firstMs?: number; maxMs?: number } = {},
): Promise<T> {
  const maxMs = pace.maxMs ?? 5_000;
  for (let waitMs = pace.firstMs ?? 1_000; ; waitMs = Math.min(maxMs, waitMs * 1.5)) {
    if (context.signal.aborted) throw new Aborted();
    const seen = await look();
    if (seen !== undefined) return seen;
    await context.clock.sleep(waitMs, context.signal);
  }
}
