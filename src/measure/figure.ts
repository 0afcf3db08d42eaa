import * as z from 'zod';

/**
 * Where a figure comes from: seen by a probe or a heartbeat row, worked out from something else, or told by AWS as
 * the time of a recovery point.
 */
const sourceSchema = z.enum(['measured', 'estimated', 'recovery point']);

const known = z.strictObject({
  ms: z.number().describe('The figure, in milliseconds.'),
  errorMs: z.number().describe('How far the truth may lie from it, in milliseconds.'),
  source: sourceSchema,
});

export const unknownSchema = z.strictObject({
  unknown: z.string().describe('Why nothing can be said.'),
  sought: z.literal(false).optional().describe('Set where the drill was never to find out.'),
});

/** A length of time that was observed, or the reason why it was not. Nothing is 0 because it is absent. */
export const figureSchema = z.union([known, unknownSchema]);

export type Known = z.output<typeof known>;
export type Unknown = z.output<typeof unknownSchema>;
export type Figure = z.output<typeof figureSchema>;

export const measured = (ms: number, errorMs = 0): Known => ({ ms, errorMs, source: 'measured' });

/** What a drill was never to measure, and why. */
export const notSought = (why: string) => ({ unknown: why, sought: false as const });

export const isKnown = (figure: Figure): figure is Known => 'ms' in figure;

/** A named share of a longer time. */
export const partSchema = z.strictObject({
  part: z.string(),
  title: z.string(),
  figure: figureSchema,
});

export type Part = z.output<typeof partSchema>;
