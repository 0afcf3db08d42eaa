import * as z from 'zod';
import { duration } from './quantities.ts';

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, such as 10:00')
  .describe('A time of day in the zone, such as 10:00.');

export const windowSchema = z
  .strictObject({
    zone: z
      .string()
      .refine(isZone, 'expected a time zone, such as Asia/Taipei')
      .describe('The time zone that the days and times are in, such as Asia/Taipei.'),
    days: z.array(z.enum(WEEKDAYS)).min(1).describe('The days of the week on which it may begin.'),
    from: timeOfDay,
    until: timeOfDay.describe('The latest time to begin. The drill may last longer.'),
    within: duration.describe('If it has not begun this long after the draw, it no longer begins.'),
  })
  .describe('When the drill may begin.');

export type Window = z.output<typeof windowSchema>;

export const announceSchema = z
  .strictObject({
    to: z
      .string()
      .min(1)
      .default('incident commander')
      .describe('The only role that is told which drill was drawn and when it begins.'),
    ahead: duration.default(3_600_000).describe('The minimum time before the drill begins. Default: 1 h.'),
  })
  .describe("Who is told, over the topology's notices.commander.");

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
