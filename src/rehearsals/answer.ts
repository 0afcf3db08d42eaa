import type { Length, SeedResult } from './figures.ts';
import { type Bin, histogram, quantile, type Share, shareOf } from './statistics.ts';

/** One figure over all rehearsals. A quantile is null where it falls among runs whose figure is not known. Milliseconds. */
export interface Spread {
  /** The target that all runs have; null where there is none, or where drawn drills have targets of their own. */
  limitMs: number | null;
  /** Of the runs with a target those whose figure is known and meets it; null where no run has one. */
  met: Share | null;
  known: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  longestMs: number | null;
  histogram: Bin[];
}

/** Runs that ended in one way. */
interface Ending {
  outcome: SeedResult['outcome'];
  count: number;
  /** Reasons without their figures, the most frequent first; `seed` is one run that ended so. */
  reasons: { reason: string; count: number; seed: number }[];
}

/** What the recovery waited for. */
export interface Waited {
  step: string;
  /** Runs whose recovery waited for it. */
  in: Share;
  /** Its part of the recovery time of all runs, between 0 and 1. */
  ofTime: number;
  /** In the runs that waited for it. */
  p50Ms: number;
  p95Ms: number;
}

/** How likely a drill is to meet its targets, and what that hangs on. */
export interface Answer {
  format: 1;
  tool: string;
  /** Every figure is simulated. */
  mode: 'dry-run';
  drill: string;
  title: string;
  topology: string;
  overrides: string[];
  seeds: { from: number; to: number };
  /** Rehearsals that were made: fewer than there are seeds where somebody broke off. */
  runs: number;
  madeAt: string;
  passed: Share;
  rto: Spread;
  rpo: Spread;
  names: Record<string, Spread>;
  stores: Record<string, Spread>;
  phases: Record<string, { p50Ms: number; p95Ms: number }>;
  endings: Ending[];
  waitedFor: Waited[];
  /** The run with the longest recovery, or one whose recovery is not known. */
  worst: { seed: number; rtoMs: number | null } | null;
}

export type About = Pick<Answer, 'tool' | 'drill' | 'title' | 'topology' | 'overrides' | 'seeds' | 'madeAt'>;

/** Sums up rehearsals of one drill. The order of the results changes nothing. */
export function answerOf(given: readonly SeedResult[], about: About): Answer {
  const results = given.toSorted((a, b) => a.seed - b.seed);
  const spreads = (of: 'names' | 'stores') =>
    Object.fromEntries(
      keysOf(results.map((one) => one[of])).map((key) => [key, spreadOf(results.flatMap((one) => one[of][key] ?? []))]),
    );
  return {
    format: 1,
    mode: 'dry-run',
    ...about,
    runs: results.length,
    passed: shareOf(results.filter(({ outcome }) => outcome === 'passed').length, results.length),
    rto: spreadOf(results.map(({ rto }) => rto)),
    rpo: spreadOf(results.map(({ rpo }) => rpo)),
    names: spreads('names'),
    stores: spreads('stores'),
    phases: Object.fromEntries(
      keysOf(results.map((one) => one.phases)).map((phase) => {
        const all = ascending(results.flatMap((one) => one.phases[phase] ?? []));
        return [phase, { p50Ms: quantile(all, 0.5), p95Ms: quantile(all, 0.95) }];
      }),
    ),
    endings: endingsOf(results),
    waitedFor: waitedFor(results),
    worst: worstOf(results),
  };
}

/** A figure that is not known counts as longer than any that is. */
function spreadOf(all: readonly Length[]): Spread {
  const limited = all.flatMap(({ limitMs, ...one }) => (limitMs === null ? [] : [{ ...one, limitMs }]));
  const limits = new Set(all.map(({ limitMs }) => limitMs));
  const [limitMs = null] = limits.size === 1 ? limits : [];
  const known = ascending(all.flatMap(({ ms, isKnown }) => (isKnown && ms !== null ? [ms] : [])));
  const whole = [...known, ...Array.from({ length: all.length - known.length }, () => Number.POSITIVE_INFINITY)];
  const at = (part: number) => {
    const ms = whole.length === 0 ? Number.POSITIVE_INFINITY : quantile(whole, part);
    return Number.isFinite(ms) ? ms : null;
  };
  return {
    limitMs,
    met: limited.length === 0 ? null : shareOf(limited.filter(isMet).length, limited.length),
    known: known.length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    longestMs: at(1),
    histogram: histogram(known),
  };
}

const isMet = ({ ms, isKnown, limitMs }: Length & { limitMs: number }): boolean =>
  isKnown && ms !== null && ms <= limitMs;

function endingsOf(results: readonly SeedResult[]): Ending[] {
  return [...groupsOf(results, ({ outcome }) => outcome)]
    .map(([outcome, some]) => ({
      outcome,
      count: some.length,
      reasons: [...groupsOf(some, ({ reason }) => withoutFigures(reason))]
        .map(([reason, alike]) => ({ reason, count: alike.length, seed: (alike[0] as SeedResult).seed }))
        .sort((a, b) => b.count - a.count || a.seed - b.seed),
    }))
    .sort((a, b) => b.count - a.count);
}

function groupsOf<K>(results: readonly SeedResult[], keyOf: (one: SeedResult) => K): Map<K, SeedResult[]> {
  const groups = new Map<K, SeedResult[]>();
  for (const one of results) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

/** Two runs that missed a target by different times ended for one reason. */
const withoutFigures = (reason: string): string =>
  reason.replace(/\d[\d.,:]*(?: (?:ms|s|min|h|d)\b)?(?: \d[\d.,]* (?:ms|s|min|h)\b)*/g, '…');

function waitedFor(results: readonly SeedResult[]): Waited[] {
  const recovered = results.filter(({ path }) => Object.keys(path).length > 0);
  const whole = recovered.reduce((sum, { path }) => sum + total(Object.values(path)), 0);
  return keysOf(recovered.map(({ path }) => path))
    .map((step) => {
      const all = ascending(recovered.flatMap(({ path }) => path[step] ?? []));
      return {
        step,
        in: shareOf(all.length, recovered.length),
        ofTime: whole === 0 ? 0 : total(all) / whole,
        p50Ms: quantile(all, 0.5),
        p95Ms: quantile(all, 0.95),
      };
    })
    .sort((a, b) => b.ofTime - a.ofTime);
}

/** A run without a known recovery is worse than any with one; of several the first. */
function worstOf(results: readonly SeedResult[]): Answer['worst'] {
  const length = ({ rto }: SeedResult) => (rto.isKnown ? (rto.ms ?? 0) : Number.POSITIVE_INFINITY);
  const [first, ...others] = results;
  if (!first || !results.some(({ rto }) => rto.isKnown)) return null;
  const worst = others.reduce((so, one) => (length(one) > length(so) ? one : so), first);
  return { seed: worst.seed, rtoMs: worst.rto.isKnown ? worst.rto.ms : null };
}

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);
const keysOf = (records: readonly Record<string, unknown>[]): string[] => [
  ...new Set(records.flatMap((one) => Object.keys(one))),
];
