import * as z from 'zod';
import { inWords } from '../duration.ts';
import type { Entry } from '../journal/events.ts';
import { type Fate, fatesOf, sidesOf, spreadMs } from './fates.ts';
import { type Figure, figureSchema } from './figure.ts';
import { headerOf } from './reading.ts';
import { joinErrorMs, measuredBetween } from './spans.ts';
import type { Watched } from './watched.ts';

/** When the watched customers of a public name were served again, one after another, counted from the impairment. */
export const servedAgainSchema = z.strictObject({
  customers: z.int().describe('How many were watched.'),
  served: z.int().describe('How many of them were served in the end.'),
  first: figureSchema.describe('Until the first of them was served again.'),
  half: figureSchema.describe('Until half of them were.'),
  most: figureSchema.describe('Until 95 % of them were.'),
  last: figureSchema.describe('Until all of them were: the recovery time.'),
  curve: z
    .array(z.strictObject({ atMs: z.number().describe('Epoch milliseconds.'), served: z.int() }))
    .describe(
      'How many were served from each time on. A customer is served again from the first request of a lasting success.',
    ),
});

export type ServedAgain = z.output<typeof servedAgainSchema>;

interface Scene {
  name: string;
  /** The impairment, in epoch milliseconds. */
  fromMs: number;
  enoughMs: number;
  entries: readonly Entry[];
}

/** What became of the customers of a name, one by one and all together. */
export function servedAgain(watched: Watched, scene: Scene): { fates: Fate[]; served: ServedAgain } {
  const { name, fromMs, enoughMs, entries } = scene;
  const sides = sidesOf(name, entries);
  const fates = fatesOf(watched, { enoughMs, sideOf: sides.sideOf });
  const openMs = spreadMs(watched);
  const isAnyMoved = fates.some((fate) => fate.kind === 'recovered' && fate.isMoved);
  const times = fates
    .flatMap((fate) => {
      if (fate.kind === 'unserved') return [];
      if (fate.kind === 'never-lost') return [{ atMs: fromMs, errorMs: watched.everyMs, isMoved: false }];
      return [{ atMs: fate.recoveredMs, errorMs: fate.errorMs, isMoved: fate.isMoved }];
    })
    .sort((a, b) => a.atMs - b.atMs);
  const unserved = fates.filter((fate) => fate.kind === 'unserved');
  const lastFailed = unserved.map(({ lastFailedMs }) => lastFailedMs ?? fromMs).sort((a, b) => a - b);
  const count = fates.length;
  const untilServed = (share: number): Figure => {
    const nth = Math.max(1, Math.ceil(share * count));
    const time = times[nth - 1];
    if (time) {
      // A request finds out late, and customers whom nobody watched came before those who were, or after the last of them.
      const isLast = nth === count;
      const errorMs = isLast
        ? Math.max(time.errorMs, isAnyMoved ? openMs : 0)
        : time.errorMs + (time.isMoved ? openMs : 0);
      return measuredBetween(entries, fromMs, time.atMs, errorMs);
    }
    const unservedAtMs = lastFailed[nth - times.length - 1] ?? fromMs;
    const atLeastMs = unservedAtMs - fromMs - joinErrorMs(entries, fromMs, unservedAtMs);
    const unknown = whyUnserved(unserved, watched, sides, scene);
    return atLeastMs > 0 ? { unknown, atLeastMs } : { unknown };
  };
  return {
    fates,
    served: {
      customers: count,
      served: times.length,
      first: untilServed(0),
      half: untilServed(0.5),
      most: untilServed(0.95),
      last: untilServed(1),
      curve: curveOf(fates, fromMs),
    },
  };
}

function whyUnserved(
  unserved: (Fate & { kind: 'unserved' })[],
  { customers }: Watched,
  { sideOf, now }: ReturnType<typeof sidesOf>,
  { fromMs, enoughMs, entries }: Scene,
): string {
  const endMs = Math.max(...customers.flat().map(({ at }) => at));
  const watched = `the watch ended ${inWords(endMs - fromMs)} after the impairment`;
  const who =
    unserved.length === customers.length ? 'customers' : `${unserved.length} of ${customers.length} customers`;
  const cutShort = Math.max(...unserved.map(({ servedForMs }) => servedForMs));
  if (unserved.every(({ servedForMs }) => servedForMs > 0)) {
    const of = unserved.length === customers.length ? '' : ` by ${who}`;
    return `success was seen for ${inWords(cutShort)} only${of}, where ${inWords(enoughMs)} count as lasting: ${watched}`;
  }
  const old = unserved.flatMap(({ address, servedForMs }) => {
    const side = address === undefined || servedForMs > 0 ? undefined : sideOf(address);
    return address !== undefined && side !== undefined && side !== now ? [{ address, side }] : [];
  });
  if (old.length === 0) return `${who} were not served again: ${watched}`;
  const { regions } = headerOf(entries).topology;
  const [first] = old as [(typeof old)[number]];
  const still = old.length === unserved.length ? 'they' : `${old.length} of them`;
  const addresses = [...new Set(old.map(({ address }) => address))].join(', ');
  const region = first.side === 'primary' ? regions.primary : regions.recovery;
  return `${who} were not served again: ${still} still asked the old address ${addresses} in ${region}, which the name servers no longer gave; ${watched}`;
}

/** How many customers were served from each instant on. */
function curveOf(fates: readonly Fate[], fromMs: number): ServedAgain['curve'] {
  const turns = fates.flatMap((fate) => {
    if (fate.kind === 'never-lost' || fate.firstFailedMs === undefined) return [];
    const lost = { atMs: Math.max(fromMs, fate.firstFailedMs), by: -1 };
    return fate.kind === 'recovered' ? [lost, { atMs: fate.recoveredMs, by: 1 }] : [lost];
  });
  let served = fates.length;
  const curve = [{ atMs: fromMs, served }];
  for (const { atMs, by } of turns.sort((a, b) => a.atMs - b.atMs)) {
    served += by;
    const last = curve.at(-1);
    if (last?.atMs === atMs && curve.length > 1) last.served = served;
    else curve.push({ atMs, served });
  }
  return curve;
}
