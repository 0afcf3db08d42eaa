import type { Exercise } from '../drill/schedule.ts';

/** One time that an exercise is due; instants in epoch milliseconds, ends not included. All in UTC. */
export interface Occurrence {
  /** A run in this time is this occurrence's: the month, quarter or year. */
  periodMs: [from: number, to: number];
  /** When it is to be done. */
  windowMs: [from: number, to: number];
}

/** Every occurrence whose window ends after one instant and begins before another. */
export function occurrencesBetween(exercise: Exercise, fromMs: number, toMs: number): Occurrence[] {
  if (exercise.every === 'week') return weeksBetween(fromMs, toMs);
  const { months, count } = {
    month: { months: 1, count: 12 },
    quarter: { months: 3, count: 4 },
    year: { months: 12, count: 1 },
  }[exercise.every];
  const first = new Date(fromMs).getUTCFullYear() - 1;
  const last = new Date(toMs).getUTCFullYear();
  const found: Occurrence[] = [];
  for (let year = first; year <= last; year += 1) {
    for (let part = 0; part < count; part += 1) {
      const one = occurrence(exercise, year, part * months, months);
      if (one.windowMs[1] > fromMs && one.windowMs[0] < toMs) found.push(one);
    }
  }
  return found;
}

const WEEK = 7 * 86_400_000;
/** The epoch began on a Thursday. */
const FIRST_MONDAY = 4 * 86_400_000;

function weeksBetween(fromMs: number, toMs: number): Occurrence[] {
  const first = FIRST_MONDAY + Math.floor((fromMs - FIRST_MONDAY) / WEEK) * WEEK;
  return Array.from({ length: Math.ceil((toMs - first) / WEEK) }, (_, index) => {
    const week: [number, number] = [first + index * WEEK, first + (index + 1) * WEEK];
    return { periodMs: week, windowMs: week };
  });
}

function occurrence(
  exercise: Exclude<Exercise, { every: 'week' }>,
  year: number,
  month: number,
  months: number,
): Occurrence {
  const at = (offset: number, day = 1) => Date.UTC(year, month + offset, day);
  const periodMs: [number, number] = [at(0), at(months)];
  switch (exercise.every) {
    case 'month': {
      const { week } = exercise;
      return { periodMs, windowMs: [at(0, 1 + 7 * (week - 1)), week === 4 ? at(1) : at(0, 1 + 7 * week)] };
    }
    case 'quarter': {
      const { month: wanted } = exercise;
      return { periodMs, windowMs: wanted === undefined ? periodMs : [at(wanted - 1), at(wanted)] };
    }
    case 'year':
      return { periodMs, windowMs: [at(3 * (exercise.quarter - 1)), at(3 * exercise.quarter)] };
  }
}
