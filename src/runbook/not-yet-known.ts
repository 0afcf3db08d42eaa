import { DrillError } from '../errors.ts';
import { NOT_YET_MS } from '../steps/given.ts';
import type { Facts } from './form.ts';

export { NOT_YET_MS };

/** What is known before a run: for plans and pictures. */
export const factsBeforeRun: Facts = { startedAtMs: NOT_YET_MS, results: {}, beforeRun: true };

/** The result of an earlier step. Before a run, a placeholder; in a run, placeholders are not allowed. */
export function resultOf<T>(facts: Facts, step: string, beforeRun: T): T {
  const result = facts.results[step];
  if (result !== undefined) return result as T;
  if (facts.standIn) return facts.standIn(step, beforeRun) as T;
  if (facts.beforeRun) return beforeRun;
  throw new DrillError('result-missing', `A step was to use what ${step} gave, but ${step} has not been carried out.`);
}
