import { UnknownOutcome } from '../aws/gateway.ts';
import { DrillError, errorFacts } from '../errors.ts';
import type { EventOf } from '../journal/events.ts';
import type { Observation } from '../steps/step.ts';
import { changeShows, SHOWS_WITHIN_MS } from './change-shown.ts';
import { paramsOf, stepNamed } from './step-run.ts';
import { contextFor, type Workplace } from './workplace.ts';

/** How long one undo may take before a person is asked to do it, unless its step says otherwise. */
const UNDO_DEADLINE_MS = 10 * 60_000;
const UNDO_TRIES = 3;
/** Seeing to what stays may take no longer: somebody waits to hear how the drill ended. */
const KEEP_WITHIN_MS = 60_000;
const TRY_AGAIN_AFTER_MS = 5_000;

/**
 * Undoes in reverse order what was really applied. Behind a change of no return nothing is undone: the old writer stays fenced,
 * or there would be two. Only customers who were moved by shares since then return: both regions serve.
 */
export async function rollBack(workplace: Workplace, signal: AbortSignal): Promise<{ held: boolean }> {
  const hold = (step: string, reason: string) => {
    if (workplace.entries().some((entry) => entry.type === 'held' && entry.step === step)) return;
    workplace.record({ type: 'held', step, reason });
  };
  const applied = stepsWith('step-applying', workplace).reverse();
  const final = await firstOfNoReturn(workplace, signal);
  if (final) {
    await keepAsItIs(workplace, signal);
    hold(final.step, final.reason);
    for (const name of returning(final.step, applied, workplace)) await undo(name, workplace, signal);
    return { held: true };
  }
  if (!workplace.rollsBack && applied[0] !== undefined && !wasAborted(workplace)) {
    hold(applied[0], 'the drill says to hold when a step fails');
    return { held: true };
  }
  let held = false;
  for (const name of applied) {
    if (!isUndone(name, workplace) && !(await undo(name, workplace, signal))) held = true;
    const left = stepNamed(name, workplace).staysBehindUndo?.(paramsOf(name, workplace));
    if (left === undefined) continue;
    hold(name, left);
    held = true;
  }
  return { held };
}

/** What was done behind a change of no return, and is taken back all the same, newest first. */
function returning(final: string, applied: readonly string[], workplace: Workplace): string[] {
  const started = stepsWith('step-started', workplace);
  return applied.filter(
    (name) =>
      stepNamed(name, workplace).returnsBehindNoReturn &&
      started.indexOf(name) > started.indexOf(final) &&
      !isUndone(name, workplace),
  );
}

/** What steps have to say of how they leave the world. Whatever goes wrong with it is in the journal, and holds nothing up. */
async function keepAsItIs(workplace: Workplace, signal: AbortSignal): Promise<void> {
  for (const name of stepsWith('step-started', workplace)) {
    const step = stepNamed(name, workplace);
    if (!step.whenHeld) continue;
    const limit = new AbortController();
    const timer = workplace.clock.setTimeout(() => limit.abort(), KEEP_WITHIN_MS);
    const context = contextFor(name, workplace, AbortSignal.any([signal, limit.signal]));
    await step.whenHeld(paramsOf(name, workplace), context).catch(() => {});
    workplace.clock.clearTimeout(timer);
  }
}

/** Undone by the process that ended, where this one took its run up. */
const isUndone = (name: string, { entries }: Workplace): boolean =>
  entries().some((entry) => entry.type === 'undo-ended' && entry.step === name && entry.outcome !== 'failed');

/** The names in the order in which their steps first came to that point. */
function stepsWith(type: 'step-started' | 'step-applying', { entries }: Workplace): string[] {
  const names = entries().flatMap((entry) => (entry.type === type ? [entry.step] : []));
  return [...new Set(names)];
}

const wasAborted = ({ entries }: Workplace): boolean => entries().some(({ type }) => type === 'abort-requested');

/** Also looks at a step that found its change made already and so made none: it is one of no return all the same. */
async function firstOfNoReturn(workplace: Workplace, signal: AbortSignal) {
  for (const name of stepsWith('step-started', workplace)) {
    const step = stepNamed(name, workplace);
    if (!step.pointOfNoReturn) continue;
    const params = paramsOf(name, workplace);
    try {
      const withinMs = mayHaveArrived(name, workplace) ? SHOWS_WITHIN_MS : 0;
      if (await changeShows(step, params, contextFor(name, workplace, signal), withinMs)) {
        return { step: name, reason: step.pointOfNoReturn };
      }
    } catch (error) {
      return {
        step: name,
        reason: `it could not be seen whether this was done (${errorFacts(error).message}), and ${step.pointOfNoReturn}`,
      };
    }
  }
  return undefined;
}

/** A change that was accepted need not show in the first look after; one that was refused will never. */
const mayHaveArrived = (name: string, { entries }: Workplace): boolean =>
  entries().some(
    (entry) => entry.type === 'call' && entry.step === name && entry.mutating && entry.outcome !== 'failed',
  );

async function undo(name: string, workplace: Workplace, signal: AbortSignal): Promise<boolean> {
  const { record, clock } = workplace;
  const step = stepNamed(name, workplace);
  const params = paramsOf(name, workplace);
  const before = seenBefore(name, workplace);
  const command = step.undoCommand?.(params, before) ?? '# nothing to undo';
  record({ type: 'undo-started', step: name, title: `Undo: ${step.title(params)}`, command });
  if (!step.undo) {
    record({ type: 'undo-ended', step: name, outcome: 'nothing-to-undo' });
    return true;
  }
  const limit = new AbortController();
  const withinMs = step.undoWithinMs ?? UNDO_DEADLINE_MS;
  const timer = clock.setTimeout(() => limit.abort(), withinMs);
  const context = contextFor(name, workplace, AbortSignal.any([signal, limit.signal]));
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        await step.undo(params, context, before);
        break;
      } catch (error) {
        if (tries === UNDO_TRIES || isVerdict(error)) throw error;
        await clock.sleep(TRY_AGAIN_AFTER_MS, context.signal);
      }
    }
    record({ type: 'undo-ended', step: name, outcome: 'ok' });
    return true;
  } catch (error) {
    const facts = limit.signal.aborted
      ? { name: 'Deadline', message: `not undone within ${withinMs / 60_000} min` }
      : errorFacts(error);
    record({ type: 'undo-ended', step: name, outcome: 'failed', error: facts, command });
    return false;
  } finally {
    clock.clearTimeout(timer);
  }
}

/** What a step itself has to say stands; what AWS answers may pass, and an undo that looks first may be tried again. */
const isVerdict = (error: unknown): boolean => error instanceof DrillError && !(error instanceof UnknownOutcome);

/** What the step saw before it acted: what to go back to. */
function seenBefore(name: string, { entries }: Workplace): Observation {
  const seen = entries().find(
    (entry): entry is EventOf<'step-observed'> => entry.type === 'step-observed' && entry.step === name,
  );
  return { done: seen?.done ?? false, state: seen?.state ?? null };
}
