import type { Entry } from '../journal/events.ts';
import { entriesOf } from '../measure/reading.ts';
import { differentPeople } from '../steps/people/person.ts';

/** What a run waits for somebody to approve. */
export interface OpenQuestion {
  step: string;
  /** The item of a checklist, where it is about one. */
  item?: string;
  question: string;
  /** The role that was asked last and for which nobody has answered. */
  role: string;
  /** Who may be asked at all. */
  roles: string[];
  /** How many different people must approve. */
  people: number;
  approvedBy: string[];
}

/** The oldest question of a run that nobody has decided yet; nothing, where nobody is asked anything now. */
export function openQuestion(entries: readonly Entry[]): OpenQuestion | undefined {
  const ended = new Set(entriesOf(entries, 'step-ended').map(({ step }) => step));
  const start = entriesOf(entries, 'step-started').find(
    ({ step, kind }) => kind.startsWith('people.') && !ended.has(step) && isAsked(step, entries),
  );
  const asked = entriesOf(entries, 'approval-asked').filter(({ step }) => step === start?.step);
  const [first] = asked;
  if (!start || !first) return undefined;
  const answers = entriesOf(entries, 'answered').filter(({ step }) => step === start.step);
  const last = asked.at(-1);
  if (last?.item !== undefined) {
    const { step, item, question, role } = last;
    return { step, item, question, role, roles: [role], people: 1, approvedBy: [] };
  }
  if (answers.some(({ approves }) => !approves)) return undefined;
  const isOpen = ({ role }: { role: string }) => answers.every((answer) => answer.role !== role);
  const { people, roles } = start.params as { people: number; roles: string[] };
  return {
    step: start.step,
    question: first.question,
    role: (asked.findLast(isOpen) ?? first).role,
    roles,
    people,
    approvedBy: differentPeople(answers.map(({ by }) => by)),
  };
}

/** A step that waits for an answer now: with a checklist, others may wait beside it. */
function isAsked(step: string, entries: readonly Entry[]): boolean {
  const last = entriesOf(entries, 'approval-asked').findLast((asked) => asked.step === step);
  const item = last?.item;
  if (!last || item === undefined) return last !== undefined;
  return !entriesOf(entries, 'answered').some((answer) => answer.step === step && answer.item === item);
}
