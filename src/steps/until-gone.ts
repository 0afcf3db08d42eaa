import { until } from './poll.ts';
import { NotMade, type StepContext } from './step.ts';

/**
 * Waits until something is gone. A step that took it for gone already has asked for nothing: where it is there after all, that look was
 * stale, and this throws `NotMade`.
 * @param isThere whether it is still there
 */
export const untilGone = (
  context: StepContext,
  what: string,
  isThere: () => Promise<boolean>,
  pace: { firstMs?: number; maxMs?: number } = {},
): Promise<true> =>
  until(
    context,
    async () => {
      if (!(await isThere())) return true;
      if (!wasAsked(context)) throw new NotMade(`${what} still exists, and its deletion was not requested.`);
      return undefined;
    },
    pace,
  );

const wasAsked = ({ entries, step }: StepContext): boolean =>
  entries().some((entry) => entry.type === 'step-applying' && entry.step === step);
