import type { Window } from './window.ts';

/** A stretch of time in which a drill may begin, in epoch milliseconds; the end is not part of it. */
export interface Opening {
  fromMs: number;
  untilMs: number;
}

const DAY = 86_400_000;

/** The stretches of a window from an instant on, ascending; none earlier than `aheadMs` after it. */
export function openingsOf(window: Window, nowMs: number, aheadMs: number): Opening[] {
  const { zone, days, from, until, within } = window;
  const lastMs = nowMs + within;
  const openings: Opening[] = [];
  for (let ms = nowMs - DAY; ms <= lastMs + DAY; ms += DAY) {
    const { date, weekday } = wallTime(zone, ms);
    if (!days.includes(weekday)) continue;
    const opening = {
      fromMs: Math.max(instantOf(zone, date, from), nowMs + aheadMs),
      untilMs: Math.min(instantOf(zone, date, until), lastMs),
    };
    if (opening.fromMs < opening.untilMs) openings.push(opening);
  }
  return openings;
}

/** The instant at that share of the total length of all openings. */
export function instantIn(openings: readonly Opening[], share: number): number {
  const lengths = openings.map(({ fromMs, untilMs }) => untilMs - fromMs);
  let leftMs = Math.floor(share * lengths.reduce((sum, one) => sum + one, 0));
  for (const [index, { fromMs }] of openings.entries()) {
    const length = lengths[index] ?? 0;
    if (leftMs < length) return fromMs + leftMs;
    leftMs -= length;
  }
  throw new RangeError('no share of the openings');
}

/** When a clock in a zone shows a date and a time; where it shows that twice or never, within the hour. */
function instantOf(zone: string, date: string, time: string): number {
  const shown = Date.parse(`${date}T${time}:00Z`);
  const first = shown - offsetMs(zone, shown);
  return shown - offsetMs(zone, first);
}

function offsetMs(zone: string, ms: number): number {
  const { date, time } = wallTime(zone, ms);
  return Date.parse(`${date}T${time}Z`) - Math.floor(ms / 1_000) * 1_000;
}

/** What a clock and a calendar in a zone show. */
function wallTime(zone: string, ms: number) {
  const parts = Object.fromEntries(
    formatIn(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    time: `${parts.hour}:${parts.minute}:${parts.second}`,
    weekday: (parts.weekday ?? '').toLowerCase() as Window['days'][number],
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** To make one takes longer than to use it. */
function formatIn(zone: string): Intl.DateTimeFormat {
  const known =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      weekday: 'long',
    });
  formats.set(zone, known);
  return known;
}
