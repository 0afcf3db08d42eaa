import { inWords } from '../duration.ts';
import { type Figure, isKnown, type Unknown } from '../measure/figure.ts';
import type { Held } from '../measure/verdict.ts';
import type { Report } from './report-schema.ts';

/**
 * The figure alone: `4 min 12.3 s`, `about 2 s` for an estimate, `more than 8 min` where only that is known, `unknown`, or `not assessed`
 * where the drill was never to.
 */
export function value(figure: Figure): string {
  if (!isKnown(figure)) return figure.atLeastMs === undefined ? missing(figure) : moreThan(figure.atLeastMs);
  return `${figure.source === 'estimated' ? 'about ' : ''}${inWords(figure.ms)}`;
}

/** What stands behind it: `± 1 s, measured` or `± 1 s, simulated`, or why it is not known. */
export function certainty(figure: Figure): string {
  if (!isKnown(figure)) return figure.unknown;
  const source = figure.source === 'recovery point' ? 'from the recovery point' : figure.source;
  return figure.errorMs === 0 ? source : `± ${inWords(figure.errorMs)}, ${source}`;
}

const moreThan = (ms: number): string => `more than ${inWords(ms)}`;

/** A limit and how a figure stands against it: `5 min: met`; `none` where nothing is held. */
export const against = (held: Held | null, figure: Figure, rehearsal: boolean): string =>
  held === null ? 'none' : `${inWords(held.limitMs)}: ${standing(held, figure, rehearsal)}`;

/** How a figure stands against its limit: `met`, `missed by 12 s`, `missed: more than 8 min`; a rehearsal says so. */
export function standing(held: Held, figure: Figure, rehearsal: boolean): string {
  const close = held.close ? ', close' : '';
  const rehearsed = rehearsal ? ' in rehearsal' : '';
  if (held.standing === 'unknown') return 'not shown to be met';
  if (!isKnown(figure)) return `missed: ${moreThan(figure.atLeastMs ?? held.limitMs)}${rehearsed}`;
  if (held.standing === 'met') return `met${rehearsed}${close}`;
  return `missed by ${inWords(figure.ms - held.limitMs)}${rehearsed}${close}`;
}

/** A share between 0 and 1, never rounded to nothing: `81 %`, `under 1 %`. */
export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? 'under 1 %' : `${Math.round(share * 100)} %`;

/** Rows lost, of how many: `3 of 1200`. */
export const rowsLost = ({ rows }: Report['dataLoss']): string =>
  'unknown' in rows ? missing(rows) : `${rows.lost} of ${rows.acknowledged}`;

const missing = ({ sought }: Unknown): string => (sought === false ? 'not assessed' : 'unknown');
