import type { Entry } from '../journal/events.ts';
import type { Figure } from './figure.ts';
import { entriesOf, headerOf, instantMs, recoveryFromMs } from './reading.ts';
import { measuredBetween } from './spans.ts';

/**
 * How long after the failure the zone's own name servers gave the other region's address and no other, in milliseconds. Source:
 * `zone-answer` events; the error bar is how often they were asked. What customers' resolvers still kept comes on top.
 */
export function zoneTurn(entries: readonly Entry[]): Figure {
  const fromMs = recoveryFromMs(entries);
  const answers = entriesOf(entries, 'zone-answer');
  if (fromMs === undefined) return { unknown: 'time never began' };
  if (answers.length === 0) return { unknown: "the zone's own name servers were not asked" };
  const { primary, recovery, lever } = headerOf(entries).topology.traffic;
  if (lever === 'global-accelerator-dials')
    return { unknown: "the accelerator's addresses stay as they are, and its edges alone know where they lead" };
  const sideOf = ({ side, addresses }: (typeof answers)[number]) =>
    side ??
    // Older journals say addresses only.
    (addresses.join() === recovery.address ? 'recovery' : addresses.join() === primary.address ? 'primary' : 'both');
  const before = answers.findLast((entry) => instantMs(entry) <= fromMs);
  const goal = before && ['recovery', 'both'].includes(sideOf(before)) ? 'primary' : 'recovery';
  const turned = answers.find((entry) => instantMs(entry) > fromMs && sideOf(entry) === goal);
  if (!turned) return { unknown: "the zone's own name servers never gave the other region's address alone" };
  return measuredBetween(entries, fromMs, instantMs(turned), turned.everyMs);
}
