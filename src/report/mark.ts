import { dateAndTime } from './instant.ts';
import type { Report } from './report-schema.ts';

/** What a rehearsal is marked with wherever it is shown, and the rest of its caveat; none for a run on the real account. */
export function markOf({ caveat }: Pick<Report, 'caveat'>): { mark: string; text: string } | undefined {
  if (caveat === null) return undefined;
  const [mark = '', ...rest] = caveat.split(': ');
  const text = rest.join(': ');
  return { mark, text: `${text.charAt(0).toUpperCase()}${text.slice(1)}` };
}

/** A title that names a rehearsal as one. */
export const marked = (title: string, report: Pick<Report, 'caveat'>): string => {
  const mark = markOf(report)?.mark;
  return mark === undefined ? title : `${mark}: ${title}`;
};

type Dates = Pick<Report, 'mode' | 'startedAt' | 'endedAt' | 'rehearsedAt'>;

/** When the run was made: a dry run has a simulated date, and the real one beside it. */
export function heldOn({ mode, startedAt, rehearsedAt }: Dates): string {
  const at = dateAndTime(startedAt);
  if (mode === 'live') return `live, ${at}`;
  return rehearsedAt === null
    ? `dry run, simulated time ${at}`
    : `dry run of ${dateAndTime(rehearsedAt)}, simulated time ${at}`;
}

/** The dates of a run as facts with their names. */
export function datesOf({ mode, startedAt, endedAt, rehearsedAt }: Dates): [name: string, dates: string][] {
  const span = `${dateAndTime(startedAt)}, ${dateAndTime(endedAt)}`;
  if (mode === 'live') return [['From, to', span]];
  return [
    ...(rehearsedAt === null ? [] : [['Rehearsed on', dateAndTime(rehearsedAt)] as [string, string]]),
    ['Simulated time, from, to', span],
  ];
}
