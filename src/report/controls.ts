import type { Report } from './report-schema.ts';

/** What an auditor may take from the run for each clause: it supports, it never makes compliant, and a rehearsal does neither. */
export function controlsOf(
  controls: readonly string[],
  rehearsal: boolean,
  outcome: Report['outcome'],
  startedAt: string,
): Report['controls'] {
  return controls.map((control) => ({ control, says: whatItSays(rehearsal, outcome, startedAt.slice(0, 10)) }));
}

function whatItSays(rehearsal: boolean, outcome: Report['outcome'], day: string): string {
  if (rehearsal) return 'Rehearsal only: shows that the plan is exercised, and nothing about the real account.';
  switch (outcome) {
    case 'passed':
      return `Supports: the plan was tested on ${day} and met its targets.`;
    case 'target-missed':
      return `Supports: the plan was tested on ${day}; the test found targets that were not met.`;
    default:
      return `Supports in part: a test was begun on ${day} and did not run to its end.`;
  }
}
