import ICAL from 'ical.js';
import { v5 } from 'uuid';
import type { Exercise, Schedule } from '../drill/schedule.ts';
import { visible } from '../visible.ts';
import { occurrencesBetween } from './occurrences.ts';
import { runInWords, type Standing } from './standing.ts';

// The space before a line that continues counts, too.
ICAL.foldLength = 74;

const NAMESPACE = v5('https://github.com/dr-drill/dr-drill/calendar', v5.URL);
const YEAR = 366 * 86_400_000;

/** The coming year as iCalendar: for each time that an exercise is due, an event as long as its window. */
export function toICalendar(
  { schedule, since, exercises }: Schedule,
  standings: readonly Pick<Standing, 'drill' | 'title' | 'lastRun'>[],
  nowMs: number,
): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.updatePropertyWithValue('prodid', '-//dr-drill//calendar//EN');
  calendar.updatePropertyWithValue('version', '2.0');
  calendar.updatePropertyWithValue('x-wr-calname', line(`DR drills: ${schedule}`));
  for (const [index, exercise] of exercises.entries()) {
    const { drill, title, lastRun = null } = standings[index] ?? { drill: exercise.drill, title: exercise.drill };
    const before = lastRun === null ? '' : `; last run ${runInWords(lastRun)}`;
    for (const { windowMs } of occurrencesBetween(exercise, Math.max(nowMs, Date.parse(since)), nowMs + YEAR)) {
      const event = new ICAL.Component('vevent');
      const [from, to] = windowMs.map(dayOf) as [string, string];
      // The same occurrence keeps its name, so that a calendar that is read again has it once.
      event.updatePropertyWithValue('uid', v5([schedule, index, drill, from].join('/'), NAMESPACE));
      event.updatePropertyWithValue('dtstamp', ICAL.Time.fromDateTimeString(`${since}T00:00:00Z`));
      event.updatePropertyWithValue('dtstart', ICAL.Time.fromDateString(from));
      event.updatePropertyWithValue('dtend', ICAL.Time.fromDateString(to));
      event.updatePropertyWithValue('summary', line(`DR drill: ${title}`));
      const what = exercise.counts === 'live' ? 'on the real account' : 'a rehearsal will do';
      event.updatePropertyWithValue(
        'description',
        line(`${drill}, ${what}${exercise.owner ? `; ${exercise.owner}` : ''}${before}`),
      );
      event.addSubcomponent(alarmBefore(exercise, title));
      calendar.addSubcomponent(event);
    }
  }
  return `${calendar.toString()}\r\n`;
}

/** Reminds a week ahead; of what is due every week, a day ahead. */
function alarmBefore({ every }: Pick<Exercise, 'every'>, title: string): ICAL.Component {
  const [trigger, when] = every === 'week' ? ['-P1D', 'tomorrow'] : ['-P7D', 'in a week'];
  const alarm = new ICAL.Component('valarm');
  alarm.updatePropertyWithValue('action', 'DISPLAY');
  alarm.updatePropertyWithValue('trigger', ICAL.Duration.fromString(trigger));
  alarm.updatePropertyWithValue('description', line(`DR drill ${when}: ${title}`));
  return alarm;
}

/** One line: a property that is no standard one is not escaped, and a line break in it would begin another. */
const line = (text: string): string => visible(text.replace(/\s+/g, ' '));

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
