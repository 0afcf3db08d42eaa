import * as z from 'zod';
import { inWords } from '../duration.ts';
import { type Figure, isKnown } from '../measure/figure.ts';

const ms = z.number().nullable();

/** What a journal of one run does not tell: its real date, and what the runs of the same drill before it left. Sealed beside it: the report is made from both. */
export const beforeSchema = z.strictObject({
  format: z.literal(1),
  rehearsedAt: z.iso.datetime().optional().describe('The real time of a dry run. Its journal has only simulated time.'),
  runs: z
    .array(
      z.strictObject({
        run: z.string().describe('The name of its folder.'),
        journal: z.string().describe('SHA-256 of the last line of its journal.'),
        madeAt: z.string(),
        outcome: z.string(),
        rtoMs: ms,
        rpoMs: ms,
      }),
    )
    .describe('The last comparable ones, newest first.'),
  actions: z
    .array(
      z.strictObject({
        run: z.string().describe('The run whose debrief has it.'),
        id: z.int(),
        action: z.string(),
        owner: z.string(),
        due: z.string(),
        about: z.string().optional(),
      }),
    )
    .describe('Open actions from their debriefs.'),
  debriefs: z
    .array(
      z.strictObject({ run: z.string(), lines: z.int().positive(), lastLine: z.string().describe('Its SHA-256.') }),
    )
    .default([])
    .describe('The length of their debriefs, so that lines removed from the end later are noticed.'),
  unreadable: z
    .array(z.strictObject({ run: z.string(), line: z.int().positive() }))
    .default([])
    .describe('Unreadable lines of their debriefs, whose actions are unknown.'),
});

export type Before = z.output<typeof beforeSchema>;

export const nothingBefore: Before = { format: 1, runs: [], actions: [], debriefs: [], unreadable: [] };

/** How recovery time and data loss stand to those of the runs before. */
export function comparedWith({ runs }: Before, recovery: Figure, loss: Figure): string[] {
  return [
    ...compared(
      'Recovery',
      recovery,
      runs.map(({ rtoMs }) => rtoMs),
    ),
    ...compared(
      'Data loss',
      loss,
      runs.map(({ rpoMs }) => rpoMs),
    ),
  ];
}

/** What was said after the runs before and is lost. */
export const lostWords = ({ unreadable }: Before): string[] =>
  unreadable.map(
    ({ run, line }) => `Line ${line} of the debrief of ${run} cannot be read: its actions are not included.`,
  );

function compared(what: string, figure: Figure, earlier: readonly (number | null)[]): string[] {
  const known = earlier.filter((one) => one !== null).sort((a, b) => a - b);
  const middle = known.length >> 1;
  const upper = known[middle];
  if (!isKnown(figure) || upper === undefined) return [];
  const usual = known.length % 2 === 1 ? upper : ((known[middle - 1] as number) + upper) / 2;
  const of = known.length === 1 ? 'that of the run before' : `the median of the ${known.length} runs before`;
  const more = figure.ms - usual;
  if (Math.abs(more) <= figure.errorMs) return [`${what} is ${of}, ${inWords(usual)}, within its error bar.`];
  return [`${what} is ${inWords(Math.abs(more))} ${more > 0 ? 'more' : 'less'} than ${of}, ${inWords(usual)}.`];
}

/** Who has taken it upon themselves to fix what a finding is about, where a debrief said so. */
export function takenBy({ actions }: Before, subject: string): { owner: string | null; due: string | null } {
  const action = actions.find(({ about }) => about === subject);
  return { owner: action?.owner ?? null, due: action?.due ?? null };
}
