import type { Report } from './report-schema.ts';

type Step = Report['timeline']['steps'][number];

/** Whether a step did what its title says, and found nothing wrong. */
export const wentWell = ({ outcome, notDone, failedChecks }: Step): boolean =>
  outcome === 'ok' && notDone === null && failedChecks === 0;

/** How a step ended, in a word or two. */
export function howItWent({ outcome, notDone, failedChecks, foundDone }: Step): string {
  if (notDone !== null) return 'not done';
  if (outcome !== 'ok') return outcome;
  if (failedChecks > 0) return `${failedChecks} ${failedChecks === 1 ? 'check' : 'checks'} failed`;
  return foundDone ? 'was so already' : outcome;
}
