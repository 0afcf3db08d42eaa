import type { Entry } from '../journal/events.ts';
import { type Figure, notSought, toldOf, worstOf } from './figure.ts';
import { publicNames } from './parts-of-topology.ts';
import { entriesOf, headerOf, instantMs, recoveryFromMs } from './reading.ts';
import { measuredBetween } from './spans.ts';

/** How long after the failure the last of the zones' name servers turned, in milliseconds. */
export function zoneTurn(entries: readonly Entry[]): Figure {
  if (recoveryFromMs(entries) === undefined) return { unknown: 'time never began' };
  const all = publicNames(entries).map(({ id }) => ({ id, figure: zoneTurnOf(id, entries) }));
  const worst = worstOf(all, ({ figure }) => figure, null);
  return worst ? toldOf(worst.id, worst.figure, all.length > 1) : NOT_ASKED;
}

const NOT_ASKED: Figure = { unknown: "the zone's own name servers were not asked" };

/**
 * How long after the failure the zone's own name servers gave the other region's address and no other, in milliseconds. Source:
 * `zone-answer` events of the name; the error bar is how often they were asked. What customers' resolvers still kept comes on top.
 */
export function zoneTurnOf(name: string, entries: readonly Entry[]): Figure {
  const fromMs = recoveryFromMs(entries);
  const answers = entriesOf(entries, 'zone-answer').filter(({ of }) => of === name);
  if (fromMs === undefined) return { unknown: 'time never began' };
  if (answers.length === 0) return NOT_ASKED;
  if (headerOf(entries).topology.traffic[name]?.lever === 'global-accelerator-dials')
    return notSought("the accelerator's addresses stay as they are, and its edges alone know where they lead");
  const before = answers.findLast((entry) => instantMs(entry) <= fromMs);
  const goal = before?.side === 'recovery' || before?.side === 'both' ? 'primary' : 'recovery';
  const turned = answers.find((entry) => instantMs(entry) > fromMs && entry.side === goal);
  if (!turned) return { unknown: "the zone's own name servers never gave the other region's address alone" };
  return measuredBetween(entries, fromMs, instantMs(turned), turned.everyMs);
}
