import { ESCALATION } from '../runbook/multi-region-failover.ts';
import { type Block, signOff } from './document.ts';

/** What to fill in for a runbook that no drill makes. Its headings are those of the others. */
export const template: readonly Block[] = [
  {
    facts: [
      ['Drill', 'which drill tests this runbook, or none'],
      ['Platform', ''],
      ['Regions', ''],
      ['Targets', 'RTO and RPO'],
    ],
  },
  { heading: 'Purpose' },
  { text: 'What is working again when the last step is done.' },
  { heading: 'When to use it' },
  { text: 'What people see when they need it: alarms, errors, reports of customers. When not to use it.' },
  { heading: 'Who decides' },
  { list: ['Which role decides to begin, and by which rule.'] },
  { heading: 'Escalation and contacts' },
  { text: 'Ask in this order. If someone does not answer, ask the next one.' },
  {
    head: ['Role', 'Wait for an answer', 'Name', 'Contact'],
    rows: ESCALATION.roles.map((role) => [role, '', '', '']),
  },
  { heading: 'Preconditions' },
  { boxes: ['Logins, permissions and programs that the steps need.', 'What must be there and in which state.'] },
  { heading: 'Steps' },
  { text: 'Write one such block for each step. Write down the time of each.' },
  { tick: '1. What the step changes', name: 'its name' },
  { text: 'Usually takes … . Deadline … . Say it here if the step cannot be undone.' },
  { code: '# the command to type' },
  { text: 'Done when: what a person sees then.' },
  { text: 'If it fails: look again, type it again, or stop; and who decides.' },
  { text: 'Undo:' },
  { code: '# the command that takes it back' },
  { heading: 'Rollback' },
  { text: 'Which steps are undone, in which order, and after which step nothing is undone any more.' },
  { heading: 'Links and controls' },
  { list: ['Link: dashboards, drawings, chat channel', 'Control: the standard and its clause'] },
  ...signOff,
];
