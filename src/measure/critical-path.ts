import * as z from 'zod';
import type { Entry } from '../journal/events.ts';
import { recoveryTime } from './recovery-time.ts';
import { type StepSpan, steps } from './timeline.ts';

/** A step that the recovery waited for. `share` is its part of the recovery time, between 0 and 1; the rest in milliseconds. */
export const pathStepSchema = z.strictObject({ step: z.string(), ms: z.number(), share: z.number() });

export type PathStep = z.output<typeof pathStepSchema>;

/**
 * The chain of steps that made the recovery as long as it was, walked back from the moment of recovery: each time the
 * step that ended last before the one just seen began. Empty where the recovery time is not known.
 * Source: `step-started` and `step-ended`.
 */
export function criticalPath(entries: readonly Entry[]): PathStep[] {
  const { fromMs, toMs } = recoveryTime(entries);
  if (fromMs === null || toMs === null || toMs <= fromMs) return [];
  const all = steps(entries);
  const path: PathStep[] = [];
  let current = lastBegun(all, toMs);
  let untilMs = toMs;
  while (current && untilMs > fromMs) {
    const stopMs = Math.min(current.toMs ?? untilMs, untilMs);
    const ms = stopMs - Math.max(current.fromMs, fromMs);
    if (ms > 0) path.push({ step: current.step, ms, share: ms / (toMs - fromMs) });
    untilMs = current.fromMs;
    current = lastEnded(all, current);
  }
  return path.reverse();
}

/** Where steps run side by side, the one that ended last is what was waited for. */
const lastBegun = (all: readonly StepSpan[], untilMs: number): StepSpan | undefined =>
  all.findLast((step) => step.fromMs < untilMs && (step.toMs === null || step.toMs >= untilMs)) ??
  latest(all.filter((step) => step.toMs !== null && step.toMs <= untilMs));

const lastEnded = (all: readonly StepSpan[], before: StepSpan): StepSpan | undefined =>
  latest(all.slice(0, all.indexOf(before)).filter((step) => step.toMs !== null && step.toMs <= before.fromMs));

const latest = (some: readonly StepSpan[]): StepSpan | undefined =>
  some.reduce<StepSpan | undefined>(
    (best, step) => (best && (best.toMs ?? 0) > (step.toMs ?? 0) ? best : step),
    undefined,
  );
