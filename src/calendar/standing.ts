import type { Exercise, Schedule } from '../drill/schedule.ts';
import { isAsMeant, type RunRecord } from '../history/record.ts';
import { modeOf } from '../history/trends.ts';
import { type Occurrence, occurrencesBetween } from './occurrences.ts';

/** How an exercise of the schedule stands. */
export interface Standing {
  drill: string;
  title: string;
  owner: string | null;
  counts: Exercise['counts'];
  state: 'done' | 'due' | 'overdue' | 'waiting';
  /** The last run that counted; null where there was none. */
  lastRun: {
    run: string;
    at: string;
    mode: string;
    outcome: string;
    exercised: string | null;
    overrides: string[];
  } | null;
  /** ISO day until which it is, or was, to be done; of the next time, where nothing is open. */
  dueBy: string;
}

/** A run in words; what `--set` gave over its file was not what the file says. */
export const runInWords = ({ at, mode, outcome, exercised, overrides }: NonNullable<Standing['lastRun']>): string =>
  `${at.slice(0, 10)} (${mode}, ${outcome}${exercised === null ? '' : `: ${exercised}`}${overrides.length === 0 ? '' : `, with --set ${overrides.join(', ')}`})`;

/** A drill that the schedule names, as its file has it. */
export interface Named {
  drill: string;
  title: string;
}

const YEAR = 366 * 86_400_000;

/** Each exercise at an instant, in the order of the schedule. */
export function standingsOf(
  { since, exercises }: Schedule,
  named: readonly Named[],
  records: readonly RunRecord[],
  nowMs: number,
): Standing[] {
  return exercises.map((exercise, index) => {
    const { drill, title } = named[index] ?? { drill: exercise.drill, title: exercise.drill };
    const runs = countedRuns(exercise, drill, records);
    const { state, occurrence } = stateOf(exercise, runs, Date.parse(since), nowMs);
    const last = runs.at(-1);
    return {
      drill,
      title,
      owner: exercise.owner ?? null,
      counts: exercise.counts,
      state,
      lastRun: last
        ? {
            run: last.run,
            at: last.madeAt,
            mode: modeOf(last),
            outcome: last.outcome,
            exercised: last.quorum?.words ?? null,
            overrides: last.overrides,
          }
        : null,
      dueBy: new Date(occurrence.windowMs[1] - 1).toISOString().slice(0, 10),
    };
  });
}

/** The runs that count for an exercise, oldest first. */
export const countedRuns = (exercise: Exercise, drill: string, records: readonly RunRecord[]): RunRecord[] =>
  records
    .filter((one) => one.drill === drill && countsFor(exercise, one))
    .sort((a, b) => (a.madeAt < b.madeAt ? -1 : 1));

/** A run that did not come to its end exercised nothing, one that went another way than the drill's something else; one that missed a target counts. */
const countsFor = ({ counts }: Exercise, run: RunRecord): boolean =>
  ['passed', 'target-missed'].includes(run.outcome) && isAsMeant(run) && (counts === 'rehearsal' || !run.rehearsal);

function stateOf(
  exercise: Exercise,
  runs: readonly RunRecord[],
  sinceMs: number,
  nowMs: number,
): { state: Standing['state']; occurrence: Occurrence } {
  const all = occurrencesBetween(exercise, Math.max(sinceMs, nowMs - 2 * YEAR), nowMs + 2 * YEAR);
  const doneFor = ({ periodMs: [fromMs] }: Occurrence) => runs.some(({ madeAt }) => Date.parse(madeAt) >= fromMs);
  // A run that came late has still been made: what was missed before it is over.
  const missed = all.find((one) => one.windowMs[1] <= nowMs && !doneFor(one));
  if (missed) return { state: 'overdue', occurrence: missed };
  const current = all.find(({ windowMs: [fromMs, toMs] }) => fromMs <= nowMs && nowMs < toMs);
  if (current && !doneFor(current)) return { state: 'due', occurrence: current };
  const next = all.find((one) => one.windowMs[0] > nowMs && !(one.periodMs[0] <= nowMs && doneFor(one)));
  return { state: runs.length > 0 ? 'done' : 'waiting', occurrence: next ?? (all.at(-1) as Occurrence) };
}
