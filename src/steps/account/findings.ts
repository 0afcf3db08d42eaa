import { DrillError } from '../../errors.ts';
import type { RunEvent } from '../../journal/events.ts';
import type { StepContext } from '../step.ts';

/** Something about the account that a disaster would bring to light; `fix` holds the AWS CLI line where there is one. */
export type Finding = Omit<Extract<RunEvent, { type: 'finding' }>, 'type'>;

const ofSeverity =
  (severity: Finding['severity']) =>
  (subject: string, what: string, why: string, fix: string): Finding => ({ severity, subject, what, why, fix });

/** With it the drill would fail, or do harm. */
export const blocker = ofSeverity('blocker');
/** The drill would go through, and the recovery be worse for it. */
export const warning = ofSeverity('warning');
/** Worth knowing. */
export const note = ofSeverity('note');

/** Journals the findings, and stops the drill where one of them would make it fail or do harm. */
export function judgeFindings(
  findings: readonly Finding[],
  { record }: Pick<StepContext, 'record'>,
): { findings: number } {
  for (const finding of findings) record({ type: 'finding', ...finding });
  const blockers = findings.filter(({ severity }) => severity === 'blocker');
  if (blockers.length === 0) return { findings: findings.length };
  throw new DrillError('blocked', blockers.map(({ what }) => what).join('; '), {
    hint: blockers.map(({ fix }) => fix).join('\n'),
  });
}

/** Journals what the run has not found before: a copy that was compared when it was made is compared again when it is promoted. */
export function noteOnce(
  findings: readonly Finding[],
  { record, entries }: Pick<StepContext, 'record' | 'entries'>,
): void {
  const told = new Set(entries().flatMap((entry) => (entry.type === 'finding' ? [entry.what] : [])));
  for (const finding of findings) if (!told.has(finding.what)) record({ type: 'finding', ...finding });
}
