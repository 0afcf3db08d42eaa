import { isoTime } from '../../clock/clock.ts';
import type { Answer } from '../../ports/people.ts';
import type { StepContext } from '../step.ts';

/**
 * An answer as the journal has it. The one who wrote it down has a wall clock of their own, which may be set at any time: it was given
 * between the last look for it and this one, whatever it says, and that is what is measured.
 * @param sinceMs when answers were looked for before, by steady time
 */
export function heard(
  { atMs, step: _, roles: __, refused: ___, ...answer }: Answer,
  sinceMs: number,
  { clock }: Pick<StepContext, 'clock'>,
) {
  const nowMs = clock.nowMs();
  // Simulated people go by the simulation's own time.
  const steadyMs = answer.simulated ? atMs : atMs - (clock.wallMs() - nowMs);
  const answeredAt = isoTime(Math.min(nowMs, Math.max(sinceMs, steadyMs)));
  const said = isoTime(atMs);
  return { answeredAt, ...(said !== answeredAt && { said }), ...answer };
}

/** Why an answer does not count for those who are asked; nothing where it does. */
export const refusedBy = ({ refused, roles, by }: Answer, asked: readonly string[]): string | undefined =>
  refused ??
  (roles === undefined || roles.some((role) => asked.includes(role))
    ? undefined
    : `${by} is ${roles.join(', ')}, and asked are: ${asked.join(', ')}`);

/** Journals, once, an answer that does not count. */
export function noteRefused({ by, atMs }: Answer, why: string, { entries, record, step }: StepContext): void {
  const said = isoTime(atMs);
  const isNoted = entries().some((one) => one.type === 'answer-refused' && one.by === by && one.said === said);
  if (!isNoted) record({ type: 'answer-refused', step, by, said, why });
}
