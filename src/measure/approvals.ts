import * as z from 'zod';
import type { Entry } from '../journal/events.ts';
import { entriesOf, instantMs } from './reading.ts';

/** What a person answered, and how long the run had waited for it. Source: `approval-asked` and `answered` events. */
export const approvalSchema = z.strictObject({
  question: z.string(),
  by: z.string(),
  role: z.string().nullable(),
  approves: z.boolean(),
  reason: z.string().nullable(),
  atMs: z.number(),
  waitedMs: z.number().nullable(),
  through: z
    .enum(['terminal', 'command', 'file', 'simulated'])
    .nullable()
    .describe('At the run’s own terminal, with `dr-drill approve`, by a file, or in a dry run by nobody.'),
});

export type Approval = z.output<typeof approvalSchema>;

/** Every answer in the order in which the run heard them. */
export function approvals(entries: readonly Entry[]): Approval[] {
  const asked = entriesOf(entries, 'approval-asked');
  return entriesOf(entries, 'answered').map(
    ({ step, item, by, role, approves, reason, answeredAt, through, simulated }) => {
      const first = asked.find((one) => one.step === step && one.item === item);
      const atMs = Date.parse(answeredAt);
      return {
        question: first?.question ?? '',
        by,
        role: role ?? null,
        approves,
        reason: reason ?? null,
        atMs,
        waitedMs: first ? Math.max(0, atMs - instantMs(first)) : null,
        through: simulated ? 'simulated' : (through ?? null),
      };
    },
  );
}
