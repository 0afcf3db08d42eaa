import type { StepContext } from '../step.ts';

/** No longer than this, however far the follower is behind: what a failure loses is then told as more than that. */
const MOST_MS = 4 * 60_000;

/**
 * Looks on at a healthy data store for as long as the drill asks, and for twice as long as its follower is behind: rows that this run
 * wrote have arrived there by then, so that what a failure loses can be counted. Gives the lag that was seen last.
 */
export async function lookOn(
  lastsMs: number,
  lagNow: () => Promise<number | null>,
  { clock, signal }: Pick<StepContext, 'clock' | 'signal'>,
): Promise<number | null> {
  const fromMs = clock.nowMs();
  await clock.sleep(lastsMs, signal);
  for (;;) {
    const lagMs = await lagNow();
    const missingMs = fromMs + Math.min(2 * (lagMs ?? 0), MOST_MS) - clock.nowMs();
    if (missingMs <= 0) return lagMs;
    await clock.sleep(missingMs, signal);
  }
}
