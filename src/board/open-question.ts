import type { Entry, EventOf } from '../journal/events.ts';
import { entriesOf } from '../measure/reading.ts';
import { differentPeople } from '../steps/people/person.ts';

/** What a run waits for someone to approve. */
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
  const over = new Set(
    [...entriesOf(entries, 'step-ended'), ...entriesOf(entries, 'people-decided')].map(({ step }) => step),
  );
  const first = entriesOf(entries, 'approval-asked').find(({ step }) => !over.has(step) && isAsked(step, entries));
  if (!first) return undefined;
  const asked = entriesOf(entries, 'approval-asked').filter(({ step }) => step === first.step);
  const answers = entriesOf(entries, 'answered').filter(({ step }) => step === first.step);
  const last = asked.at(-1);
  if (last?.item !== undefined) {
    const { step, item, question, role } = last;
    return { step, item, question, role, roles: [role], people: 1, approvedBy: [] };
  }
  if (answers.some(({ approves }) => !approves)) return undefined;
  const isOpen = ({ role }: { role: string }) => answers.every((answer) => answer.role !== role);
  const { people, roles } = decidersFor(first, entries);
  return {
    step: first.step,
    question: first.question,
    role: (asked.findLast(isOpen) ?? first).role,
    roles,
    people,
    approvedBy: differentPeople(answers.map(({ by }) => by)),
  };
}

/** A step for approvals has them in its parameters; where another one asks, they stand beside the question. */
function decidersFor({ step, people, roles }: EventOf<'approval-asked'>, entries: readonly Entry[]) {
  if (people !== undefined && roles !== undefined) return { people, roles };
  const start = entriesOf(entries, 'step-started').find((one) => one.step === step);
  return start?.params as { people: number; roles: string[] };
}

/** A step that waits for an answer now: with a checklist, others may wait beside it. */
function isAsked(step: string, entries: readonly Entry[]): boolean {
  const last = entriesOf(entries, 'approval-asked').findLast((asked) => asked.step === step);
  const item = last?.item;
  if (!last || item === undefined) return last !== undefined;
  return !entriesOf(entries, 'answered').some((answer) => answer.step === step && answer.item === item);
}
