import { patiently, until } from '../steps/poll.ts';
import type { AnyStep, StepContext } from '../steps/step.ts';

/** How long a change that was accepted, or that nobody answered, may take to show before it counts as never having arrived. */
export const SHOWS_WITHIN_MS = 30_000;

/** Whether a look finds the change made or under way; where it does not at once, it is looked for that long. */
export async function changeShows(
  step: AnyStep,
  params: unknown,
  context: StepContext,
  withinMs: number,
): Promise<boolean> {
  const untilMs = context.clock.nowMs() + withinMs;
  return until(context, async () => {
    const now = await patiently(context, () => step.observe(params, context));
    if (now.done || now.underway) return true;
    return context.clock.nowMs() >= untilMs ? false : undefined;
  });
}
