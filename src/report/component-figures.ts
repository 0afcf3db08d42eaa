import type { Figure } from '../measure/figure.ts';
import type { Held } from '../measure/verdict.ts';
import { rowsLost } from './figure-words.ts';
import type { Report } from './report-schema.ts';

/** The figure of one public name or data store. */
export interface ComponentFigure {
  of: string;
  /** What stands behind that name: a public name as customers have it, or the kind of a data store. */
  about: string;
  measure: 'recovery' | 'loss';
  title: string;
  figure: Figure;
  target: Held | null;
  /** Of a data store, how many of how many rows it lost. */
  rows: string;
  /** From when to when, in epoch milliseconds, where that is known. */
  fromMs: number | null;
  toMs: number | null;
}

/** The figure of each public name and of each data store, where there is more than one; the headline shows the only one. */
export function componentFigures({ recovery, recoveries, losses }: Report): ComponentFigure[] {
  const names = recoveries.map(({ of, name, total, target }): ComponentFigure => {
    const { fromMs } = recovery;
    const toMs = fromMs !== null && 'ms' in total ? fromMs + total.ms : null;
    return {
      of,
      about: name,
      measure: 'recovery',
      title: 'Recovery time',
      figure: total,
      target,
      rows: '',
      fromMs,
      toMs,
    };
  });
  const stores = losses.map(
    ({ of, kind, target, ...loss }): ComponentFigure => ({
      of,
      about: kind,
      measure: 'loss',
      title: 'Data loss',
      figure: loss.loss,
      target,
      rows: rowsLost(loss),
      fromMs: loss.window?.fromMs ?? null,
      toMs: loss.window?.toMs ?? null,
    }),
  );
  return [...several(names), ...several(stores)];
}

const several = <T>(all: T[]): T[] => (all.length > 1 ? all : []);

/** How the data stores stand, where not all of them were taken over: what was given up, and what is held or went back. */
export const standingWords = (report: Pick<Report, 'givenUp' | 'takenOver' | 'aftermath'>): string[] => [
  ...report.givenUp.map(
    ({ store, title, reason }) =>
      `${store} was given up, and the rest went on without it: ${title}: ${reason}${leftOf(store, report)}`,
  ),
  ...(report.takenOver.every(({ standing }) => standing === 'taken over')
    ? []
    : [`${report.takenOver.map((one) => `${one.of} ${inWordsOf(one)}`).join('; ')}.`]),
];

/** How a data store stands, as what follows its name. */
export const inWordsOf = ({ standing }: Report['takenOver'][number]): string => IN_WORDS[standing];

/** What had been done to a data store before it was given up: nobody else takes that back. */
function leftOf(store: string, { aftermath }: Pick<Report, 'aftermath'>): string {
  const left = aftermath.standing.filter(({ step }) => step.split('/')[1] === store);
  if (left.length === 0) return '';
  return ` Of what was done to it before, a person decides: ${left.map(({ title }) => title).join(', ')}.`;
}

const IN_WORDS: Record<Report['takenOver'][number]['standing'], string> = {
  'taken over': 'was taken over',
  held: 'was taken over, and is held for a person to decide',
  'given up': 'was given up',
  'went back': 'went back to where it was',
  'not taken over': 'was not taken over',
};
