import { inWords } from '../duration.ts';
import { isAsFiled, type RunRecord } from './record.ts';

/** How the runs of one drill, in one mode, went over time. Lengths in milliseconds. */
export interface Trend {
  drill: string;
  /** What a surprise turned out to be. */
  drawn: string | null;
  title: string;
  mode: RunRecord['mode'];
  /** It proved nothing about the real account: a dry run, or a live run that did not go to AWS. */
  rehearsal: boolean;
  /** The mode in words, with the mark of a rehearsal. */
  marked: string;
  runs: number;
  passed: number;
  /** Oldest first. */
  points: Point[];
  rto: Figures;
  rpo: Figures;
  /** `lengthsMs` of the newest runs, oldest first; null where a run did not get there. */
  steps: { step: string; medianMs: number; lastMs: number | null; lengthsMs: (number | null)[] }[];
  /** What was found and not seen fixed since, and what a later run looked at and found fixed. */
  findings: { open: string[]; closed: string[] };
  /** What came of debriefs of these runs. */
  actions: { open: number; closed: number };
  regressions: Regression[];
}

/** How many of the runs passed, never rounded up: 100 % is all of them. */
export const successRate = ({ runs, passed }: Pick<Trend, 'runs' | 'passed'>): string =>
  `${Math.floor((100 * passed) / runs)} %`;

/** What was to be done after each run, by its name. */
type Actions = ReadonlyMap<string, readonly { isClosed: boolean }[]>;

export interface Point {
  run: string;
  at: string;
  outcome: string;
  rtoMs: number | null;
  rpoMs: number | null;
  /** When the first and half of the watched customers were served again; `rtoMs` is the last. */
  firstMs: number | null;
  halfMs: number | null;
  targetRtoMs: number | null;
  targetRpoMs: number | null;
  /** What `--set` gave over the file. */
  overrides: string[];
  /** Settings by which its simulated world was broken on purpose. */
  simulationChanges: string[];
}

interface Figures {
  /** Of how many runs it is known: the others did not get there. */
  known: number;
  medianMs: number | null;
  bestMs: number | null;
  worstMs: number | null;
  lastMs: number | null;
}

/** Something that the last run did worse than those before it. */
export interface Regression {
  what: string;
  lastMs: number | null;
  usualMs: number | null;
  words: string;
}

/** A sparkline shows so many of the newest runs. */
export const RUNS_SHOWN = 30;

/** Which runs did not run as their file says, and what a file breaks on purpose, in words; nothing, where there is neither. */
export function overridesOf({ points }: Pick<Trend, 'points'>): string | undefined {
  const last = points.at(-1);
  const { overrides = [], simulationChanges = [] } = last ?? {};
  const inFile = simulationChanges.filter((path) => !overrides.some((one) => isWithin(path, one)));
  const earlier = points.slice(0, -1).filter((one) => !isAsFiled(one)).length;
  const words = [
    ...(inFile.length > 0 ? [`its file changes ${inFile.join(', ')}`] : []),
    ...(overrides.length > 0 ? [`the last run had set over its file: ${overrides.join(', ')}`] : []),
    ...(earlier > 0 ? [`${earlier} of the ${points.length - 1} before it had settings over their file`] : []),
  ];
  if (words.length === 0) return undefined;
  return `${last && isBrokenOnPurpose(last) ? 'broken on purpose; ' : ''}${words.join('; ')}`;
}

/** Whether a run had its simulated world changed; runs of before tell it by their settings alone. */
export const isBrokenOnPurpose = ({
  overrides,
  simulationChanges,
}: Pick<Point, 'overrides' | 'simulationChanges'>): boolean =>
  simulationChanges.length > 0 || overrides.some((one) => /^simulation\.(?!seed=)/.test(one));

/** Whether a setting as given to `--set` is that of a path, of something within it or around it. */
function isWithin(path: string, setting: string): boolean {
  const set = setting.slice(0, setting.indexOf('='));
  return `${path}.`.startsWith(`${set}.`) || `${set}.`.startsWith(`${path}.`);
}

const runsIn = ({ length }: readonly unknown[]): string => (length === 1 ? 'run' : `${length} runs`);

/** With so many runs before it the last one is compared. */
const COMPARED = 5;
/** So much longer than usual counts as worse, where the error bar does not explain it. */
const WORSE_BY = 0.2;
const NOTICEABLE_MS = 1_000;

/** The drill by name, with what a surprise turned out to be. */
export const nameOf = ({ drill, drawn }: Pick<Trend, 'drill' | 'drawn'>): string =>
  drawn ? `${drill}: ${drawn}` : drill;

/** In which mode runs were made, with the mark of those that prove nothing about the real account. */
export const modeOf = ({ mode, rehearsal }: Pick<RunRecord, 'mode' | 'rehearsal'>): string =>
  mode === 'dry-run' ? 'SIMULATED dry run' : rehearsal ? 'live, NOT AWS' : 'live';

/** One trend for each drill and mode, by name, of runs as their files say. A rehearsal is compared with rehearsals only, a surprise with those that turned out alike. */
export function trendsOf(records: readonly RunRecord[], actions: Actions = new Map()): Trend[] {
  const groups = grouped(
    records,
    ({ drill, drawn = '', mode, rehearsal }) => `${drill}/${drawn}/${mode}${rehearsal ? '' : '/proof'}`,
  );
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, runs]) => trendOf(runs, actions));
}

function trendOf(unordered: readonly RunRecord[], actionsOf: Actions): Trend {
  const runs = [...unordered].sort((a, b) =>
    a.madeAt < b.madeAt ? -1 : a.madeAt > b.madeAt ? 1 : a.run < b.run ? -1 : 1,
  );
  const last = runs.at(-1) as RunRecord;
  const names = [...new Set(runs.flatMap(({ steps }) => Object.keys(steps)))];
  const actions = runs.flatMap(({ run }) => actionsOf.get(run) ?? []);
  const closed = actions.filter(({ isClosed }) => isClosed).length;
  const findings = findingsOver(runs);
  return {
    drill: last.drill,
    drawn: last.drawn ?? null,
    title: last.title,
    mode: last.mode,
    rehearsal: last.rehearsal,
    marked: modeOf(last),
    runs: runs.length,
    passed: runs.filter(({ outcome }) => outcome === 'passed').length,
    points: runs.map(({ run, madeAt, outcome, rtoMs, servedAgain, rpoMs, targets, overrides, simulationChanges }) => ({
      run,
      at: madeAt,
      outcome,
      rtoMs,
      rpoMs,
      firstMs: servedAgain?.firstMs ?? null,
      halfMs: servedAgain?.halfMs ?? null,
      targetRtoMs: targets.rto,
      targetRpoMs: targets.rpo,
      overrides,
      simulationChanges,
    })),
    rto: figuresOf(runs.map(({ rtoMs }) => rtoMs)),
    rpo: figuresOf(runs.map(({ rpoMs }) => rpoMs)),
    steps: names.map((step) => ({
      step,
      medianMs: median(runs.flatMap(({ steps }) => steps[step] ?? [])) ?? 0,
      lastMs: last.steps[step] ?? null,
      lengthsMs: runs.slice(-RUNS_SHOWN).map(({ steps }) => steps[step] ?? null),
    })),
    findings,
    actions: { open: actions.length - closed, closed },
    regressions: regressionsOf(last, runs.slice(0, -1).filter(isAsFiled).slice(-COMPARED)),
  };
}

/** A finding is closed by a run whose step looked again and did not find it; one that did not come so far closes nothing. */
function findingsOver(runs: readonly RunRecord[]): Trend['findings'] {
  const open = new Map<string, string | undefined>();
  const closed = new Set<string>();
  for (const { findings, foundBy, steps, outcome } of runs) {
    for (const [one, step] of open) {
      const looked = step === undefined ? cameToItsEnd(outcome) : step in steps;
      if (findings.includes(one) || !looked) continue;
      open.delete(one);
      closed.add(one);
    }
    for (const one of findings) {
      open.set(one, foundBy[one]);
      closed.delete(one);
    }
  }
  return { open: [...open.keys()], closed: [...closed] };
}

const cameToItsEnd = (outcome: string): boolean => ['passed', 'target-missed'].includes(outcome);

function regressionsOf(last: RunRecord, before: readonly RunRecord[]): Regression[] {
  if (before.length === 0) return [];
  const outcome = last.outcome !== 'passed' && before.every((run) => run.outcome === 'passed');
  const longer = (
    what: string,
    lastMs: number | null | undefined,
    earlier: (number | null | undefined)[],
    errorMs = 0,
  ) => {
    const usualMs = median(earlier.filter((ms) => ms !== null && ms !== undefined));
    if (lastMs === null || lastMs === undefined || usualMs === null) return [];
    const worse = lastMs - usualMs;
    if (worse <= Math.max(usualMs * WORSE_BY, errorMs, NOTICEABLE_MS)) return [];
    // A share says nothing about what took no time before.
    const more =
      worse < usualMs * 10
        ? `${Math.round((100 * worse) / usualMs)} % more`
        : `${inWords(lastMs)}, usually ${inWords(usualMs)}`;
    return [{ what, lastMs, usualMs, words: `${what} took longer than in the ${runsIn(before)} before (${more})` }];
  };
  return [
    ...(outcome
      ? [
          {
            what: 'outcome',
            lastMs: null,
            usualMs: null,
            words: `it ended as ${last.outcome}, where the ${runsIn(before)} before passed`,
          },
        ]
      : []),
    ...longer(
      'recovery',
      last.rtoMs,
      before.map(({ rtoMs }) => rtoMs),
      last.rtoErrorMs,
    ),
    ...longer(
      'data loss',
      last.rpoMs,
      before.map(({ rpoMs }) => rpoMs),
    ),
    ...Object.entries(last.steps).flatMap(([step, ms]) =>
      longer(
        step,
        ms,
        before.map(({ steps }) => steps[step]),
      ),
    ),
  ];
}

function figuresOf(all: readonly (number | null)[]): Figures {
  const known = all.filter((ms) => ms !== null);
  return {
    known: known.length,
    medianMs: median(known),
    bestMs: known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b)),
    worstMs: known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b)),
    lastMs: all.at(-1) ?? null,
  };
}

function median(all: readonly number[]): number | null {
  if (all.length === 0) return null;
  const ordered = [...all].sort((a, b) => a - b);
  const middle = ordered.length >> 1;
  const upper = ordered[middle] as number;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] as number) + upper) / 2;
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
