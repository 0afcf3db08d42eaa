import * as z from 'zod';
import { type Choice, choices, goesForward } from '../drill/choices.ts';
import type { Entry } from '../journal/events.ts';
import { entriesOf, instantMs } from './reading.ts';

/**
 * What a person answered, and how long the run had waited for it. Source: `approval-asked` and `answered` events; of a held run,
 * `person-wanted` and `continued`.
 */
export const approvalSchema = z.strictObject({
  question: z.string(),
  by: z.string(),
  role: z.string().nullable(),
  approves: z.boolean(),
  choice: z
    .enum(choices)
    .nullable()
    .describe('How a person continued a run that waited for a decision. Null for an approval or an answer.'),
  step: z.string().nullable().describe('The step that the choice is about. Null if it is about all steps.'),
  reason: z.string().nullable(),
  atMs: z.number(),
  waitedMs: z.number().nullable(),
  through: z
    .enum(['terminal', 'command', 'board', 'file', 'simulated'])
    .nullable()
    .describe(
      'At the terminal of the run, with `dr-drill approve` or `continue`, on the board, by a file, or in a dry run by nobody.',
    ),
});

export type Approval = z.output<typeof approvalSchema>;

/** Every answer, in the order in which the run read them. */
export function approvals(entries: readonly Entry[]): Approval[] {
  const asked = entriesOf(entries, 'approval-asked');
  const answers = entriesOf(entries, 'answered').map(
    ({ seq, step, item, by, role, approves, reason, answeredAt, through, simulated }) => {
      const first = asked.find((one) => one.step === step && one.item === item);
      const atMs = Date.parse(answeredAt);
      return {
        seq,
        question: first?.question ?? '',
        by,
        role: role ?? null,
        approves,
        choice: null,
        step: null,
        reason: reason ?? null,
        atMs,
        waitedMs: first ? Math.max(0, atMs - instantMs(first)) : null,
        through: simulated ? ('simulated' as const) : (through ?? null),
      };
    },
  );
  return [...answers, ...continuations(entries)].sort((a, b) => a.seq - b.seq).map(({ seq: _, ...answer }) => answer);
}

/** How people had a held run continue. */
function continuations(entries: readonly Entry[]): (Approval & { seq: number; choice: Choice })[] {
  return entriesOf(entries, 'continued').map(({ seq, choice, step, by, why, answeredAt, through, simulated }) => {
    const wanted = entriesOf(entries, 'person-wanted').findLast((one) => one.seq < seq);
    const atMs = Date.parse(answeredAt);
    const failed = wanted?.steps.join(', ') ?? '';
    return {
      seq,
      question:
        failed === '' ? 'The run is held. How should it continue?' : `Held at ${failed}. How should the run continue?`,
      by,
      role: null,
      approves: true,
      choice,
      step: step ?? null,
      reason: why ?? null,
      atMs,
      waitedMs: wanted ? Math.max(0, atMs - instantMs(wanted)) : null,
      through: simulated ? ('simulated' as const) : (through ?? null),
    };
  });
}

/** How long a held run waited for decisions that had it go on, in milliseconds. */
export const heldMs = (entries: readonly Entry[]): number =>
  continuations(entries)
    .filter(goesForward)
    .reduce((sum, { waitedMs }) => sum + (waitedMs ?? 0), 0);

/** How long a run waited, from an instant on, until people decided whether it continues, in milliseconds. */
export function undecidedMs(entries: readonly Entry[], fromMs: number): number {
  const asked = entriesOf(entries, 'approval-asked');
  return entriesOf(entries, 'people-decided').reduce((sum, decided) => {
    const first = asked.find(({ step, about }) => step === decided.step && about === decided.about);
    return first ? sum + Math.max(0, instantMs(decided) - Math.max(fromMs, instantMs(first))) : sum;
  }, 0);
}
