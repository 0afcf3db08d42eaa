import { Aborted, DrillError, errorFacts, isPassing, Suspended, UnknownOutcome } from '../errors.ts';
import type { StepContext } from './step.ts';

/** What has taken long may be noticed a little later: by at most this share of its time. */
const LATE_SHARE = 0.04;
/** A look that keeps failing is shown and journalled after this time. */
const SHOWN_AFTER_MS = 5_000;
/** A failing look is repeated at least this often. */
const RETRY_MAX_MS = 8_000;
/** How many looks in a row must say that something failed for good: one may be stale. */
const BELIEVED_AFTER = 3;

type Waiting = Pick<StepContext, 'clock' | 'signal'> & Partial<Pick<StepContext, 'record' | 'step'>>;

/**
 * Looks until there is something to see: every `firstMs` (1 s by default), and as the wait grows a twenty-fifth of it, at most
 * `maxMs` (5 s by default), well inside AWS's limits. The SDK's own waiters look every 30 s and more, which would be most of a
 * five-minute recovery. A look that fails without saying anything is repeated; a `DrillError` is believed when three looks in a
 * row give it.
 */
export async function until<T>(
  context: Waiting,
  look: () => Promise<T | undefined>,
  { firstMs = 1_000, maxMs = 5_000 }: { firstMs?: number; maxMs?: number } = {},
): Promise<T> {
  const { clock, signal } = context;
  const beganMs = clock.nowMs();
  const failing = failingLook(context);
  let verdict = { code: '', times: 0 };
  for (;;) {
    if (signal.aborted) throw new Aborted();
    let waitMs = Math.min(maxMs, Math.max(firstMs, LATE_SHARE * (clock.nowMs() - beganMs)));
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
      verdict = { code: '', times: 0 };
      failing.ended();
    } catch (error) {
      if (signal.aborted) throw error;
      if (isVerdict(error)) {
        verdict = { code: error.code, times: error.code === verdict.code ? verdict.times + 1 : 1 };
        if (verdict.times >= BELIEVED_AFTER) throw error;
        waitMs = Math.min(waitMs, firstMs);
      } else if (isPassing(error)) waitMs = failing.again(error);
      else throw error;
    }
    await clock.sleep(waitMs, signal);
  }
}

/** Repeats what may fail without saying anything about the thing itself, until it succeeds or fails for good. */
export const patiently = async <T>(context: Waiting, look: () => Promise<T>): Promise<T> => {
  const failing = failingLook(context);
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (context.signal.aborted || !isPassing(error)) throw error;
      await context.clock.sleep(failing.again(error), context.signal);
    }
  }
};

/** Repeats a change that can safely be made twice, until it is answered. */
export const untilAnswered = <T>(context: Waiting, change: () => Promise<T>): Promise<T> =>
  patiently(context, async () => {
    try {
      return await change();
    } catch (error) {
      throw error instanceof UnknownOutcome && !context.signal.aborted ? error.cause : error;
    }
  });

/** What a step itself concludes from a look. */
const isVerdict = (error: unknown): error is DrillError =>
  error instanceof DrillError &&
  !(error instanceof Aborted || error instanceof UnknownOutcome || error instanceof Suspended);

/** Counts the failures of one look in a row, and gives the wait until the next. */
function failingLook({ clock, record, step }: Waiting) {
  let sinceMs: number | undefined;
  let times = 0;
  return {
    again(error: unknown): number {
      sinceMs ??= clock.nowMs();
      times += 1;
      const nextMs = Math.min(RETRY_MAX_MS, 500 * 2 ** times);
      const { name, message } = errorFacts(error);
      if (clock.nowMs() - sinceMs >= SHOWN_AFTER_MS) {
        record?.({
          type: 'look-failing',
          step: step ?? '',
          what: 'the look',
          reason: `${name}: ${message}`,
          times,
          nextMs,
        });
      }
      return nextMs;
    },
    ended(): void {
      sinceMs = undefined;
      times = 0;
    },
  };
}
