import type { Report } from './report-schema.ts';

/** Who signs the report: anyone who approved the failover by name, and always who led, who owns the service and who reviews. */
export function signOff({ approvals }: Report): { role: string; name: string }[] {
  const approved = approvals
    .filter(({ approves, through }) => approves && through !== 'simulated')
    .map(({ by, role, choice }) => ({ role: role ?? (choice === null ? 'Approver' : 'Decided while held'), name: by }));
  const always = ['Drill lead', 'Service owner', 'Reviewer'].map((role) => ({ role, name: '' }));
  return [...approved, ...always];
}

export const signOffColumns = ['Role', 'Name', 'Signature', 'Date'] as const;

/** What is signed: this journal and no other. */
export const signOffWords = ({ journal, rehearsal }: Report): string =>
  `I have read this report of the journal ${journal.hash.slice(0, 16)}${rehearsal ? ', which is one of a rehearsal,' : ''} and the findings in it.`;
