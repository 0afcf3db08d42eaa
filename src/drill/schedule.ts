import * as z from 'zod';

const text = z.string().min(1);

const common = {
  drill: text.describe('The drill file, relative to this one.'),
  counts: z
    .enum(['live', 'rehearsal'])
    .default('rehearsal')
    .describe('Which runs count: only live runs on the real account, or rehearsals too.'),
  owner: text.optional().describe('Who is responsible.'),
};

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date, such as 2026-01-01')
  .refine((date) => !Number.isNaN(Date.parse(date)), 'expected a date that exists');

/** When which drill is due. */
export const scheduleSchema = z.strictObject({
  schedule: text.describe("The schedule's name."),
  since: day.describe('Drills due before this day do not count as overdue.'),
  exercises: z
    .array(
      z.discriminatedUnion('every', [
        z.strictObject({ ...common, every: z.literal('week').describe('From Monday to Sunday, in UTC.') }),
        z.strictObject({
          ...common,
          every: z.literal('month'),
          week: z.int().min(1).max(4).describe('The week of the month: 1 ends on the 7th, 4 at the end of the month.'),
        }),
        z.strictObject({
          ...common,
          every: z.literal('quarter'),
          month: z.int().min(1).max(3).optional().describe('The month of the quarter. Default: any.'),
        }),
        z.strictObject({
          ...common,
          every: z.literal('year'),
          quarter: z.int().min(1).max(4).describe('The quarter.'),
        }),
      ]),
    )
    .min(1),
});

export type Schedule = z.output<typeof scheduleSchema>;
export type Exercise = Schedule['exercises'][number];
