import * as z from 'zod';

/** A length of time in milliseconds. */
export type Milliseconds = number;
/** A share between 0 and 1. */
export type Share = number;

const unitMs: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const durationWanted = 'expected a duration: a number and ms, s, min, h or d, such as 30 s or 5 min';
const durationPattern = /^(\d+(?:\.\d+)?) ?(ms|s|min|h|d)$/;

/** Longer than any drill, backup or record of it; computing with it stays exact. */
const LONGEST_MS = 10_000 * 86_400_000;

function msIn(value: string | 0): Milliseconds {
  const match = durationPattern.exec(String(value));
  return match ? Math.round(Number(match[1]) * (unitMs[match[2] as string] as number)) : 0;
}

/** `30 s`, `5 min`, `1.5 h`, `200 ms`, `1 d`; a bare `0` has no unit to get wrong. */
export const duration = z
  .union(
    [
      z.literal(0),
      z
        .string()
        .regex(durationPattern, durationWanted)
        .refine((text) => msIn(text) <= LONGEST_MS, 'expected a duration of at most 10000 d'),
    ],
    { error: durationWanted },
  )
  .transform(msIn)
  .describe('A duration: a number and a unit, such as 200 ms, 30 s, 5 min, 1 h or 1 d.');

const percentPattern = /^(\d+(?:\.\d+)?) ?%$/;

/** `0.1 %`, held as 0.001. */
export const percentage = z
  .string({ error: 'expected a percentage, such as 0.1 %' })
  .regex(percentPattern, 'expected a percentage, such as 0.1 %')
  .refine((text) => Number.parseFloat(text) <= 10_000, 'expected a percentage of at most 10000 %')
  .transform((value): Share => Number((percentPattern.exec(value) as RegExpExecArray)[1]) / 100)
  .describe('A percentage, such as 0.1 %.');
