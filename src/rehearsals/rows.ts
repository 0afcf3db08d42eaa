import { inWords } from '../duration.ts';
import { withCommas } from '../with-commas.ts';
import type { Answer, Spread } from './answer.ts';
import { percent } from './compared.ts';

/** What is true of every figure here. */
export const SIMULATED = 'SIMULATED: rehearsals prove nothing about the real account.';

/** As `97.3 % pass: 973 of 1,000 rehearsals; between 96.1 % and 98.1 % with 95 % confidence.` */
export function sentenceOf({ passed }: Answer): string {
  const { count, of, share, low, high } = passed;
  return `${percent(share)} pass: ${withCommas(count)} of ${withCommas(of)} rehearsals; between ${percent(low)} and ${percent(high)} with 95 % confidence.`;
}

export const FIGURE_HEADS = ['', 'TARGET', 'MET', 'P50', 'P95', 'P99', 'LONGEST'];

/** A row for each figure that the drill measures: of all, then of each name and store where there are several. */
export function figureRows({ rto, rpo, names, stores }: Answer): string[][] {
  const of = (name: string, all: Record<string, Spread>) =>
    Object.keys(all).length > 1 ? Object.entries(all).map(([id, one]) => rowOf(`${name} of ${id}`, one)) : [];
  return [
    ...(isMeasured(rto) ? [rowOf('RTO', rto), ...of('RTO', names)] : []),
    ...(isMeasured(rpo) ? [rowOf('RPO', rpo), ...of('RPO', stores)] : []),
  ];
}

export const isMeasured = ({ known, met }: Spread): boolean => known > 0 || met !== null;

const rowOf = (name: string, { limitMs, met, p50Ms, p95Ms, p99Ms, longestMs }: Spread): string[] => [
  name,
  limitMs !== null ? inWords(limitMs) : met === null ? '–' : 'varies',
  met === null ? '–' : percent(met.share),
  ...[p50Ms, p95Ms, p99Ms, longestMs].map(length),
];

/** A head as pages have it, where capitals are for terminals. */
export const headOf = (head: string): string =>
  head === '' ? 'Figure' : /^P\d/.test(head) ? head.toLowerCase() : head.charAt(0) + head.slice(1).toLowerCase();

export const ENDING_HEADS = ['ENDED', 'RUNS', 'WHY', 'SEED'];

/** A row for each reason; a run that passed needs none. */
export const endingRows = ({ endings }: Answer): string[][] =>
  endings.flatMap(({ outcome, count, reasons }) =>
    outcome === 'passed'
      ? [['passed', withCommas(count), '', `${reasons[0]?.seed ?? ''}`]]
      : reasons.map(({ reason, count: alike, seed }) => [
          outcome.replaceAll('-', ' '),
          withCommas(alike),
          reason,
          `${seed}`,
        ]),
  );

export const WAITED_HEADS = ['STEP', 'IN RUNS', 'OF THE TIME', 'P50', 'P95'];

/** Steps that make at least a hundredth of the recovery time. */
export const waitedRows = ({ waitedFor }: Answer): string[][] =>
  waitedFor
    .filter(({ ofTime }) => ofTime >= 0.01)
    .map(({ step, in: { share }, ofTime, p50Ms, p95Ms }) => [
      step,
      percent(share),
      percent(ofTime),
      inWords(p50Ms),
      inWords(p95Ms),
    ]);

/** The command that gives the full report of one seed. */
export const commandFor = (seed: number, path: string, overrides: readonly string[]): string =>
  ['dr-drill run', path, `--seed ${seed}`, ...overrides.map((one) => `--set ${JSON.stringify(one)}`)].join(' ');

const length = (ms: number | null): string => (ms === null ? 'not known' : inWords(ms));
