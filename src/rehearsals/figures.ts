import type { Entry, Outcome } from '../journal/events.ts';
import { criticalPath } from '../measure/critical-path.ts';
import { nameRecoveries } from '../measure/customer.ts';
import { dataLoss, isSought, storeLosses } from '../measure/data-loss.ts';
import { boundOf, type Figure, isKnown } from '../measure/figure.ts';
import { headerOf } from '../measure/reading.ts';
import { recoveryTime } from '../measure/recovery-time.ts';
import { phases, steps } from '../measure/timeline.ts';
import { limitsOf } from '../measure/verdict.ts';

/** A length of time in milliseconds. Where it is not known, `ms` is what it is greater than, or null. */
export interface Length {
  ms: number | null;
  isKnown: boolean;
  /** The target of that run, or null: surprises draw drills with targets of their own. */
  limitMs: number | null;
}

/** How the rehearsal with one seed went, with the figures that `run --seed` reports. All lengths in milliseconds. */
export interface SeedResult {
  seed: number;
  outcome: Outcome | 'unfinished';
  reason: string;
  rto: Length;
  rpo: Length;
  /** By public name. */
  names: Record<string, Length>;
  /** By data store. */
  stores: Record<string, Length>;
  phases: Record<string, number>;
  /** The steps that the recovery waited for, with the time that it waited for each. */
  path: Record<string, number>;
  /** Steps that failed. */
  failed: string[];
}

/** What a journal tells for many rehearsals. */
export function figuresOf(entries: readonly Entry[]): Omit<SeedResult, 'seed' | 'outcome' | 'reason'> {
  const { rto, rpo } = limitsOf(headerOf(entries).drill.targets, entries);
  return {
    rto: lengthOf(recoveryTime(entries).total, rto),
    rpo: lengthOf(dataLoss(entries).loss, rpo),
    names: Object.fromEntries(nameRecoveries(entries).map(({ id, total }) => [id, lengthOf(total, rto)])),
    stores: Object.fromEntries(
      storeLosses(entries)
        .filter(isSought)
        .map(({ store, loss }) => [store, lengthOf(loss, rpo)]),
    ),
    phases: Object.fromEntries(
      phases(entries).flatMap(({ phase, fromMs, toMs }) => (toMs === null ? [] : [[phase, toMs - fromMs]])),
    ),
    path: Object.fromEntries(criticalPath(entries).map(({ step, ms }) => [step, ms])),
    failed: steps(entries).flatMap(({ step, outcome }) => (outcome === 'failed' ? [step] : [])),
  };
}

const lengthOf = (figure: Figure, limitMs: number | null): Length => ({
  ms: boundOf(figure) ?? null,
  isKnown: isKnown(figure),
  limitMs,
});
