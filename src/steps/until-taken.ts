import { isAwsError } from '../aws/aws.ts';
import { until } from './poll.ts';
import type { StepContext } from './step.ts';

/**
 * Asks AWS for a change until it takes it. With a code in `busy` it refuses only for now: what is to be changed is still being made, backed
 * up or restarted. With one in `missing` there is nothing left to change.
 */
export async function untilTaken(
  context: StepContext,
  ask: () => Promise<unknown>,
  { busy, missing = [] }: { busy: readonly string[]; missing?: readonly string[] },
): Promise<void> {
  await until(context, async () => {
    try {
      await ask();
      return true;
    } catch (error) {
      if (isAwsError(error, ...missing)) return true;
      if (isAwsError(error, ...busy)) return undefined;
      throw error;
    }
  });
}
