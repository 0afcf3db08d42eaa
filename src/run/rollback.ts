import { isoTime } from '../clock/clock.ts';
import { errorFacts } from '../errors.ts';
import type { EventOf } from '../journal/events.ts';
import type { Observation } from '../steps/step.ts';
import { stepNamed } from './step-run.ts';
import { contextFor, type Workplace } from './workplace.ts';

/** How long one undo may take before a person is asked to do it. */
const UNDO_DEADLINE_MS = 10 * 60_000;

/**
 * Undoes in reverse order what was really applied. Behind a change of no return nothing is undone: the old writer stays fenced,
 * or there would be two.
 */
export async function rollBack(workplace: Workplace, signal: AbortSignal): Promise<{ held: boolean }> {
  const { record } = workplace;
  const applied = appliedSteps(workplace);
  const final = await firstOfNoReturn(applied, workplace, signal);
  if (final) {
    record({ type: 'held', step: final.step, reason: final.reason });
    return { held: true };
  }
  if (!workplace.rollsBack && applied.length > 0) {
    record({ type: 'held', step: applied[0] ?? '', reason: 'the drill says to hold when a step fails' });
    return { held: true };
  }
  let held = false;
  for (const step of applied) {
    if (!(await undo(step, workplace, signal))) held = true;
  }
  return { held };
}

/** Steps that asked for a change, last first. */
function appliedSteps({ entries }: Workplace): string[] {
  const applied = entries().filter((entry): entry is EventOf<'step-applying'> => entry.type === 'step-applying');
  return [...new Set(applied.map(({ step }) => step))].reverse();
}

async function firstOfNoReturn(applied: string[], workplace: Workplace, signal: AbortSignal) {
  for (const name of applied) {
    const { step, params } = stepNamed(name, workplace);
    if (!step.pointOfNoReturn) continue;
    try {
      const now = await step.observe(params, contextFor(name, workplace, signal));
      if (now.done || now.underway) return { step: name, reason: step.pointOfNoReturn };
    } catch (error) {
      return {
        step: name,
        reason: `it could not be seen whether this was done (${errorFacts(error).message}), and ${step.pointOfNoReturn}`,
      };
    }
  }
  return undefined;
}

async function undo(name: string, workplace: Workplace, signal: AbortSignal): Promise<boolean> {
  const { record, clock } = workplace;
  const { step, params } = stepNamed(name, workplace);
  const command = `undo of: ${step.command(params)}`;
  record({ type: 'undo-started', step: name, title: `Undo: ${step.title(params)}`, command });
  if (!step.undo) {
    record({ type: 'undo-ended', step: name, outcome: 'nothing-to-undo' });
    return true;
  }
  const limit = new AbortController();
  const timer = clock.setTimeout(() => limit.abort(), UNDO_DEADLINE_MS);
  try {
    await step.undo(
      params,
      contextFor(name, workplace, AbortSignal.any([signal, limit.signal])),
      seenBefore(name, workplace),
    );
    record({ type: 'undo-ended', step: name, outcome: 'ok' });
    return true;
  } catch (error) {
    const facts = limit.signal.aborted
      ? { name: 'Deadline', message: `not undone by ${isoTime(clock.nowMs())}` }
      : errorFacts(error);
    record({ type: 'undo-ended', step: name, outcome: 'failed', error: facts, command });
    return false;
  } finally {
    clock.clearTimeout(timer);
  }
}

/** What the step saw before it acted: what to go back to. */
function seenBefore(name: string, { entries }: Workplace): Observation {
  const seen = entries().find(
    (entry): entry is EventOf<'step-observed'> => entry.type === 'step-observed' && entry.step === name,
  );
  return { done: seen?.done ?? false, state: seen?.state ?? null };
}
