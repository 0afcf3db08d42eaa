import { DrillError, isPassing } from '../errors.ts';
import type { StepContext } from './step.ts';

/** One look may be stale. */
const LOOKS = 3;
const LOOK_EVERY_MS = 1_000;

/**
 * Makes one of several changes of a step. A refusal counts as done where a look finds that it is: by an earlier delivery of the request, or by
 * someone else.
 */
export async function unlessDone(
  { clock, signal }: Pick<StepContext, 'clock' | 'signal'>,
  change: () => Promise<unknown>,
  isDone: () => Promise<boolean>,
): Promise<void> {
  try {
    await change();
  } catch (error) {
    // No refusal: nobody answered, or the run is to stop.
    if (error instanceof DrillError || isPassing(error)) throw error;
    for (let looks = 1; !(await isDone()); looks += 1) {
      if (looks === LOOKS) throw error;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  }
}
