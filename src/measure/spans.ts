import { inWords } from '../duration.ts';
import type { Entry, EventOf } from '../journal/events.ts';
import { type Known, measured } from './figure.ts';
import { entriesOf, instantMs, readOnce } from './reading.ts';

/** Where a run was resumed: two spans of steady time, and how far off their distance may be. Instants in epoch milliseconds. */
interface Join {
  fromMs: number;
  toMs: number;
  errorMs: number;
}

/** Source: `run-resumed` events. Runs of before this was noted have none. */
const joins = readOnce((entries): readonly Join[] =>
  entriesOf(entries, 'run-resumed').flatMap((entry) => {
    const last = entries.find(({ seq }) => seq === entry.seq - 1);
    if (!last || !entry.joined) return [];
    return [{ fromMs: instantMs(last), toMs: instantMs(entry), errorMs: entry.joined.errorMs }];
  }),
);

/** What cannot be known of a time that spans a restart of the process, in milliseconds. */
export const joinErrorMs = (entries: readonly Entry[], fromMs: number, toMs: number): number =>
  joins(entries)
    .filter((join) => fromMs <= join.fromMs && join.toMs <= toMs)
    .reduce((sum, { errorMs }) => sum + errorMs, 0);

/** The time between two instants of the journal, in milliseconds; its error bar is wider where it spans a restart of the process. */
export const measuredBetween = (entries: readonly Entry[], fromMs: number, toMs: number, errorMs = 0): Known =>
  measured(toMs - fromMs, errorMs + joinErrorMs(entries, fromMs, toMs));

/** How the times before and after a restart were joined, for people. */
export function joinedBy({ deadMs, joined }: EventOf<'run-resumed'>): string | undefined {
  if (!joined) return undefined;
  const how = {
    uptime: 'by the uptime of the machine, which did not restart meanwhile',
    wall: 'by the wall clock, with which AWS’s clock agreed',
    aws: 'by AWS’s clock, as the wall clock of this machine disagreed with it',
    'wall alone': 'by the wall clock alone, which nothing confirmed',
  }[joined.by];
  return `The run was resumed after ${inWords(deadMs)}. The times before and after are joined ${how} (± ${inWords(joined.errorMs)}).`;
}

/** What happened to the wall clock, for people. */
export const clockMoved = ({ byMs }: Pick<EventOf<'clock-jumped'>, 'byMs'>): string =>
  `The wall clock of this machine moved ${byMs < 0 ? 'back' : 'forward'} by ${inWords(Math.abs(byMs))}`;
