import ICAL from 'ical.js';
import { v5 } from 'uuid';
import type { Schedule } from '../drill/schedule.ts';
import { occurrencesBetween } from './occurrences.ts';
import type { Named } from './standing.ts';

const NAMESPACE = v5('https://github.com/dr-drill/dr-drill/calendar', v5.URL);
const YEAR = 366 * 86_400_000;

/** The coming year as iCalendar: for each time that an exercise is due, an event as long as its window. */
export function toICalendar({ schedule, since, exercises }: Schedule, named: readonly Named[], nowMs: number): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.updatePropertyWithValue('prodid', '-//dr-drill//calendar//EN');
  calendar.updatePropertyWithValue('version', '2.0');
  calendar.updatePropertyWithValue('x-wr-calname', `DR drills: ${schedule}`);
  for (const [index, exercise] of exercises.entries()) {
    const { drill, title } = named[index] ?? { drill: exercise.drill, title: exercise.drill };
    for (const { windowMs } of occurrencesBetween(exercise, Math.max(nowMs, Date.parse(since)), nowMs + YEAR)) {
      const event = new ICAL.Component('vevent');
      const [from, to] = windowMs.map(dayOf) as [string, string];
      // The same occurrence keeps its name, so that a calendar that is read again has it once.
      event.updatePropertyWithValue('uid', v5([schedule, index, drill, from].join('/'), NAMESPACE));
      event.updatePropertyWithValue('dtstamp', ICAL.Time.fromDateTimeString(`${since}T00:00:00Z`));
      event.updatePropertyWithValue('dtstart', ICAL.Time.fromDateString(from));
      event.updatePropertyWithValue('dtend', ICAL.Time.fromDateString(to));
      event.updatePropertyWithValue('summary', `DR drill: ${title}`);
      const what = exercise.counts === 'live' ? 'on the real account' : 'a rehearsal will do';
      event.updatePropertyWithValue('description', `${drill}, ${what}${exercise.owner ? `; ${exercise.owner}` : ''}`);
      calendar.addSubcomponent(event);
    }
  }
  return `${calendar.toString()}\r\n`;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
