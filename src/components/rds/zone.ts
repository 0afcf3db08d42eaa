import type { Read } from '../../steps/by-hand.ts';
import type { Doing, Given } from '../verbs.ts';
import { ms } from '../verbs.ts';

/** Where a writer was before another zone took over: what must have changed afterwards. */
export type ZoneBefore = { name: string; addresses: string[]; zone: string; sinceMs: number };

/** What represents it in a plan. */
export const zoneBeforeRun = (failover: string, sinceMs: number): ZoneBefore => ({
  name: `<endpoint that ${failover} finds>`,
  addresses: [],
  zone: '<zone of old>',
  sinceMs,
});

/** The name of an instance's or a cluster's endpoint is seen to lead elsewhere. */
export const followsEndpoint = ({ id }: { id: string }, given: Given<'data.follow-endpoint'>): Doing[] => [
  {
    uses: 'rds.follow-endpoint',
    with: { failover: `${given.failover}/${id}`, within: ms(given.within) },
    deadlineMs: given.within + 600_000,
  },
];

/** The same for a person, who reads it before the failover. */
export const zoneByHand = ({ name, zone }: { name: string; zone: string }, read: Read): ZoneBefore => ({
  name: read.text('endpoint', name),
  zone: read.text('zone before', zone),
  sinceMs: read.instant('time', 'date -u +%FT%TZ'),
  addresses: [],
});
