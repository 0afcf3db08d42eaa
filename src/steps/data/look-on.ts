import type { StepContext } from '../step.ts';

/**
 * Looks on at a healthy data store for as long as the drill asks, and for twice as long as its follower lies behind: rows that this run
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
    const missingMs = fromMs + 2 * (lagMs ?? 0) - clock.nowMs();
    if (missingMs <= 0) return lagMs;
    await clock.sleep(missingMs, signal);
  }
}
