import { DrillError } from '../../errors.ts';
import type { RunEvent } from '../../journal/events.ts';
import type { StepContext } from '../step.ts';

export type Finding = Omit<Extract<RunEvent, { type: 'finding' }>, 'type'>;

/** Journals the findings, and stops the drill where one of them would make it fail or do harm. */
export function judgeFindings(findings: Finding[], { record }: Pick<StepContext, 'record'>): { findings: number } {
  for (const finding of findings) record({ type: 'finding', ...finding });
  const blockers = findings.filter(({ severity }) => severity === 'blocker');
  if (blockers.length === 0) return { findings: findings.length };
  throw new DrillError('blocked', blockers.map(({ what }) => what).join('; '), {
    hint: blockers.map(({ mend }) => mend).join(' '),
  });
}
