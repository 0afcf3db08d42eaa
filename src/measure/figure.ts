import * as z from 'zod';

/**
 * Where a figure comes from: seen by a probe or a heartbeat row, the same in a dry run, worked out from something else, or told by AWS as
 * the time of a recovery point.
 */
const sourceSchema = z.enum(['measured', 'simulated', 'estimated', 'recovery point']);

const known = z.strictObject({
  ms: z.number().describe('The figure, in milliseconds.'),
  errorMs: z.number().describe('The error bar: how much the true value may differ, in milliseconds.'),
  source: sourceSchema,
});

export const unknownSchema = z.strictObject({
  unknown: z.string().describe('Why there is no figure.'),
  sought: z.literal(false).optional().describe('Set if the drill does not measure it.'),
  atLeastMs: z
    .number()
    .optional()
    .describe('The figure is greater than this many milliseconds; absent if nothing at all is known of it.'),
});

/** A length of time that was observed, or the reason why it was not. Nothing is 0 because it is absent. */
export const figureSchema = z.union([known, unknownSchema]);

export type Known = z.output<typeof known>;
export type Unknown = z.output<typeof unknownSchema>;
export type Figure = z.output<typeof figureSchema>;

export const measured = (ms: number, errorMs = 0): Known => ({ ms, errorMs, source: 'measured' });

/** The same figures of a dry run, in which nothing is measured. */
export function simulated<T>(figures: T): T {
  if (typeof figures !== 'object' || figures === null) return figures;
  if (Array.isArray(figures)) return figures.map(simulated) as T;
  const all = Object.entries(figures).map(([key, value]) => [
    key,
    key === 'source' && value === 'measured' ? 'simulated' : simulated(value),
  ]);
  return Object.fromEntries(all) as T;
}

/** What a drill was never to measure, and why. */
export const notSought = (why: string) => ({ unknown: why, sought: false as const });

export const isKnown = (figure: Figure): figure is Known => 'ms' in figure;

/** The figure in milliseconds, or what it is greater than; undefined if nothing is known of it. */
export const boundOf = (figure: Figure): number | undefined => (isKnown(figure) ? figure.ms : figure.atLeastMs);

/** Whether a figure exceeds a limit. One that is greater than the limit exceeds it, however much greater. */
export const exceeds = (figure: Figure, limitMs: number): boolean =>
  isKnown(figure) ? figure.ms > limitMs : figure.atLeastMs !== undefined && figure.atLeastMs >= limitMs;

/**
 * Of several figures the one that decides: the longest that exceeds the limit; else one that is not known; else the longest. What a
 * drill was never to measure decides nothing beside what it was.
 */
export function worstOf<T>(all: readonly T[], figureOf: (one: T) => Figure, limitMs: number | null): T | undefined {
  const figures = all.map((one) => ({ one, figure: figureOf(one) }));
  const sought = figures.filter(({ figure }) => isKnown(figure) || figure.sought !== false);
  const longestFirst = sought.toSorted((a, b) => (boundOf(b.figure) ?? 0) - (boundOf(a.figure) ?? 0));
  const over = longestFirst.find(({ figure }) => limitMs !== null && exceeds(figure, limitMs));
  if (over) return over.one;
  const longest = longestFirst.find(({ figure }) => isKnown(figure));
  const unknown = sought.find(({ figure }) => !isKnown(figure));
  return (unknown ?? longest ?? figures[0])?.one;
}

/** A figure of one of several components. If it is unknown, the reason names the component. */
export const toldOf = (id: string, figure: Figure, isOneOfSeveral: boolean): Figure =>
  isKnown(figure) || !isOneOfSeveral ? figure : { ...figure, unknown: `${id}: ${figure.unknown}` };

/** A named share of a longer time. */
export const partSchema = z.strictObject({
  part: z.string(),
  title: z.string(),
  figure: figureSchema,
});

export type Part = z.output<typeof partSchema>;
