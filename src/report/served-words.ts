import type { ServedAgain } from '../measure/served.ts';
import { value } from './figure-words.ts';

/** The figures of a distribution, in the order in which customers were served again. */
export const servedRows = ({ first, half, most, last }: ServedAgain) => [
  { share: 'first', title: 'First customer', figure: first },
  { share: 'half', title: 'Half of the customers', figure: half },
  { share: 'most', title: '95 % of the customers', figure: most },
  { share: 'last', title: 'Last customer', figure: last },
];

/** Whether there is a distribution to show: more than one customer was watched, and at least one went without service. */
export const isDistribution = (served: ServedAgain | null): served is ServedAgain =>
  served !== null && served.customers > 1 && served.curve.length > 1;

/** On one line: `first 3 min, half 3 min 7 s, 95 % and last 3 min 22 s, of 8 customers`. */
export const servedShortly = (served: ServedAgain): string =>
  `${shares(served)
    .map(({ who, after }) => `${who} ${after}`)
    .join(', ')}, of ${served.customers} customers`;

/** In a sentence: `Of 8 watched customers, the first was served again after 3 min, half after 3 min 7 s, 95 % and last after 3 min 22 s.` */
export const servedInWords = (served: ServedAgain): string =>
  `Of ${served.customers} watched customers, the ${shares(served)
    .map(({ who, after }) => `${who}${who === 'first' ? ' was served again' : ''} after ${after}`)
    .join(', ')}.`;

function shares({ first, half, most, last }: ServedAgain): { who: string; after: string }[] {
  const isSame = value(most) === value(last);
  return [
    { who: 'first', after: value(first) },
    { who: 'half', after: value(half) },
    ...(isSame ? [] : [{ who: '95 %', after: value(most) }]),
    { who: isSame ? '95 % and last' : 'last', after: value(last) },
  ];
}
