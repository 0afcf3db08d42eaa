import { Aborted } from '../errors.ts';
import type { StepContext } from './step.ts';

/** What has taken long may be noticed a little later: by at most this share of its time. */
const LATE_SHARE = 0.04;

/**
 * Looks until there is something to see: every `firstMs` (1 s unless said), and as the wait grows a twenty-fifth of it, at most
 * `maxMs` (5 s unless said), well inside AWS's limits. The SDK's own waiters look every 30 s and more, which would be most of a
 * five-minute recovery.
 */
export async function until<T>(
  context: Pick<StepContext, 'clock' | 'signal'>,
  look: () => Promise<T | undefined>,
  { firstMs = 1_000, maxMs = 5_000 }: { firstMs?: number; maxMs?: number } = {},
): Promise<T> {
  const { clock, signal } = context;
  const beganMs = clock.nowMs();
  for (;;) {
    if (signal.aborted) throw new Aborted();
    const seen = await look();
    if (seen !== undefined) return seen;
    const waitMs = Math.min(maxMs, Math.max(firstMs, LATE_SHARE * (clock.nowMs() - beganMs)));
    await clock.sleep(waitMs, signal);
  }
}
