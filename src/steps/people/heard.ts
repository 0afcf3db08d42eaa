import { isoTime } from '../../clock/clock.ts';
import type { Answer } from '../../ports/people.ts';
import type { StepContext } from '../step.ts';

/**
 * An answer as the journal has it. Whoever wrote it down has a wall clock of their own, which may be set at any time: it was given
 * between the last look for it and this one, whatever it says, and that is what is measured.
 * @param sinceMs when answers were looked for before, by steady time
 */
export function heard({ atMs, step: _, ...answer }: Answer, sinceMs: number, { clock }: Pick<StepContext, 'clock'>) {
  const nowMs = clock.nowMs();
  const steadyMs = atMs - (clock.wallMs() - nowMs);
  const answeredAt = isoTime(Math.min(nowMs, Math.max(sinceMs, steadyMs)));
  const said = isoTime(atMs);
  return { answeredAt, ...(said !== answeredAt && { said }), ...answer };
}
