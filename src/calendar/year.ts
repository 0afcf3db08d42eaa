import type { Exercise, Schedule } from '../drill/schedule.ts';
import type { RunRecord } from '../history/record.ts';
import { occurrencesBetween } from './occurrences.ts';
import { countedRuns, type Named } from './standing.ts';

/** A month of the year to come. */
export interface Month {
  /** As `2026-12`. */
  month: string;
  exercises: Planned[];
}

/** One time that an exercise is planned for. */
export interface Planned {
  drill: string;
  title: string;
  counts: Exercise['counts'];
  owner: string | null;
  /** ISO days, both included. */
  from: string;
  to: string;
  state: 'done' | 'due' | 'missed' | 'planned';
}

/** This month and the eleven after it, each with what begins in it, or began before and goes on. What is due every week is in none. */
export function yearAhead(
  { since, exercises }: Schedule,
  named: readonly Named[],
  records: readonly RunRecord[],
  nowMs: number,
): Month[] {
  const now = new Date(nowMs);
  const firstOf = (offset: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1);
  const planned = exercises.flatMap((exercise, index) => {
    if (exercise.every === 'week') return [];
    const { drill, title } = named[index] ?? { drill: exercise.drill, title: exercise.drill };
    const runs = countedRuns(exercise, drill, records);
    return occurrencesBetween(exercise, Math.max(Date.parse(since), firstOf(0)), firstOf(12)).map(
      ({ windowMs: [fromMs, toMs], periodMs }) => ({
        fromMs: Math.max(fromMs, firstOf(0)),
        drill,
        title,
        counts: exercise.counts,
        owner: exercise.owner ?? null,
        from: dayOf(fromMs),
        to: dayOf(toMs - 1),
        state: runs.some(({ madeAt }) => Date.parse(madeAt) >= periodMs[0])
          ? ('done' as const)
          : stateAt(nowMs, fromMs, toMs),
      }),
    );
  });
  return Array.from({ length: 12 }, (_, offset) => ({
    month: dayOf(firstOf(offset)).slice(0, 7),
    exercises: planned
      .filter(({ fromMs }) => fromMs >= firstOf(offset) && fromMs < firstOf(offset + 1))
      .sort((a, b) => a.fromMs - b.fromMs || (a.to < b.to ? -1 : 1))
      .map(({ fromMs: _, ...one }) => one),
  }));
}

const stateAt = (nowMs: number, fromMs: number, toMs: number): 'due' | 'missed' | 'planned' =>
  nowMs < fromMs ? 'planned' : nowMs < toMs ? 'due' : 'missed';

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
