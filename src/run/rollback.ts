import { isAboutState, isTransition } from '../aws/told.ts';
import { DrillError, errorFacts, isPassing, Suspended, UnknownOutcome } from '../errors.ts';
import type { EventOf } from '../journal/events.ts';
import type { Observation } from '../steps/step.ts';
import { changeShows, SHOWS_WITHIN_MS } from './change-shown.ts';
import { isUndone, sinceContinued } from './continued.ts';
import { mustKnowSecrets, paramsOf, stepNamed } from './step-run.ts';
import { within } from './time-limit.ts';
import { contextFor, type Workplace } from './workplace.ts';

/** How long one undo may take before a person is asked to do it, unless its step says otherwise. */
const UNDO_DEADLINE_MS = 10 * 60_000;
const UNDO_TRIES = 3;
/** AWS refuses a request whose signature is older: one that nobody answered cannot be carried out later than that. */
const MAY_ARRIVE_WITHIN_MS = 5 * 60_000;
/** How long it is looked whether a change of no return was made, before the run is suspended. */
const SEEN_WITHIN_MS = 10 * 60_000;
/** Cleaning up what stays may take no longer: someone waits for the end of the drill. */
const KEEP_WITHIN_MS = 60_000;
const TRY_AGAIN_AFTER_MS = 5_000;

/**
 * Undoes in reverse order what was really applied; last what needs a region that only the undo of the failure brings back. Behind a change of no return nothing is undone: the old writer stays fenced,
 * or there would be two. Only customers who were moved by shares since then return, as both regions serve; and a data store that
 * has not been taken over goes back by itself.
 */
export async function rollBack(workplace: Workplace, signal: AbortSignal): Promise<{ held: boolean }> {
  const hold = (step: string, reason: string) => {
    if (workplace.entries().some((entry) => entry.type === 'held' && entry.step === step)) return;
    workplace.record({ type: 'held', step, reason });
  };
  const newestFirst = stepsWith('step-applying', workplace).reverse();
  const isLast = (name: string) => stepNamed(name, workplace).undoneLast === true;
  const applied = [...newestFirst.filter((name) => !isLast(name)), ...newestFirst.filter(isLast)];
  const finals = await madeOfNoReturn(workplace, signal);
  const [first] = finals;
  if (first) {
    const moved = [...finals, ...(await takenOver(finals, workplace, signal))];
    const hasMoved = (name: string) =>
      !isApart(name, workplace) || moved.some(({ step }) => isOfSame(step, name, workplace));
    await keepAsItIs(hasMoved, workplace, signal);
    for (const { step, reason } of moved) hold(step, reason);
    const back = [...applied.filter((name) => !hasMoved(name)), ...returning(first.step, applied, workplace)];
    for (const name of back) if (!isUndone(name, workplace.entries())) await undo(name, workplace, signal);
    return { held: true };
  }
  if (!workplace.rollsBack && applied[0] !== undefined && !wasAborted(workplace)) {
    hold(applied[0], 'the drill says to hold when a step fails');
    return { held: true };
  }
  let held = false;
  for (const name of applied) {
    if (!isUndone(name, workplace.entries()) && !(await undo(name, workplace, signal))) held = true;
    const left = stepNamed(name, workplace).staysBehindUndo?.(paramsOf(name, workplace));
    if (left === undefined) continue;
    hold(name, left);
    held = true;
  }
  return { held };
}

/**
 * Data stores that have been taken over beside one that stays, or are about to be: they could go back, and anyone who uses them could not.
 */
async function takenOver(finals: readonly { step: string }[], workplace: Workplace, signal: AbortSignal) {
  const { runbook } = workplace;
  const ended = outcomes(workplace);
  const moving = stepsWith('step-applying', workplace).filter(
    (step) => runbook.steps[step]?.moves && !finals.some((one) => one.step === step),
  );
  const moved: string[] = [];
  for (const step of moving)
    if (ended.get(step) === 'ok' || (ended.get(step) !== 'failed' && (await isMade(step, workplace, signal))))
      moved.push(step);
  return moved.map((step) => ({
    step,
    reason: 'it has been taken over, and anyone who uses it uses what cannot go back',
  }));
}

/** What was done behind a change of no return, and is taken back all the same, newest first. */
function returning(final: string, applied: readonly string[], workplace: Workplace): string[] {
  const started = stepsWith('step-started', workplace);
  return applied.filter(
    (name) =>
      stepNamed(name, workplace).returnsBehindNoReturn &&
      started.indexOf(name) > started.indexOf(final) &&
      !isUndone(name, workplace.entries()),
  );
}

/** What steps have to say of how they leave the world. Whatever goes wrong with it is in the journal, and holds nothing up. */
async function keepAsItIs(stays: (name: string) => boolean, workplace: Workplace, signal: AbortSignal): Promise<void> {
  for (const name of stepsWith('step-started', workplace).filter(stays)) {
    const step = stepNamed(name, workplace);
    const { whenHeld } = step;
    if (!whenHeld) continue;
    await within(workplace, KEEP_WITHIN_MS, signal, async (limited) => {
      await whenHeld(paramsOf(name, workplace), contextFor(name, workplace, limited));
    }).catch(unlessSuspended);
  }
}

function unlessSuspended(error: unknown): void {
  if (error instanceof Suspended) throw error;
}

/** The names in the order in which their steps first came to that point. */
function stepsWith(type: 'step-started' | 'step-applying', { entries }: Workplace): string[] {
  const names = entries().flatMap((entry) => (entry.type === type ? [entry.step] : []));
  return [...new Set(names)];
}

const wasAborted = ({ entries }: Workplace): boolean =>
  sinceContinued(entries()).some(({ type }) => type === 'abort-requested');

/** Whether a step is about one data store alone, which can go back by itself. */
const isApart = (name: string, { runbook }: Workplace): boolean => runbook.steps[name]?.isApart === true;

const isOfSame = (one: string, other: string, { runbook }: Workplace): boolean =>
  runbook.steps[one]?.of === runbook.steps[other]?.of;

/**
 * The changes of no return that were made, by this run or by someone else. Nothing is undone before that is known: it is waited
 * until a request that nobody answered cannot be carried out any more, and where it cannot be seen the run is suspended.
 */
async function madeOfNoReturn(workplace: Workplace, signal: AbortSignal) {
  const made: { step: string; reason: string }[] = [];
  const ended = outcomes(workplace);
  for (const name of stepsWith('step-started', workplace)) {
    const { pointOfNoReturn: reason } = stepNamed(name, workplace);
    // What a later step has turned back does not show any more, and was made all the same.
    if (reason && (ended.get(name) === 'ok' || (await isMade(name, workplace, signal))))
      made.push({ step: name, reason });
  }
  return made;
}

/** How each step ended last. */
const outcomes = ({ entries }: Workplace): Map<string, string> =>
  new Map(entries().flatMap((entry) => (entry.type === 'step-ended' ? [[entry.step, entry.outcome] as const] : [])));

/** Whether the change of a step was made, or is under way; where that cannot be seen, the run is suspended. */
function isMade(name: string, workplace: Workplace, signal: AbortSignal): Promise<boolean> {
  const step = stepNamed(name, workplace);
  const params = paramsOf(name, workplace);
  const mayShowForMs = mayArriveForMs(name, workplace);
  const limitMs = mayShowForMs + SEEN_WITHIN_MS;
  return within(workplace, limitMs, signal, async (limited, isOver) => {
    try {
      return await changeShows(step, params, contextFor(name, workplace, limited), mayShowForMs);
    } catch (error) {
      if (error instanceof Suspended || signal.aborted) throw error;
      const why = isOver() ? `no look succeeded for ${limitMs / 60_000} min` : errorFacts(error).message;
      throw new Suspended(`It could not be seen whether this was done: ${step.title(params)} (${why})`, {
        hint: `Nothing is undone before that is known. See for yourself: ${step.command(params)}`,
        cause: error,
      });
    }
  });
}

/** How long a change may still show that was asked for: one that was accepted for a while, one without an answer as long as it may arrive. */
function mayArriveForMs(name: string, { entries, clock }: Workplace): number {
  const asked = entries().filter(
    (entry): entry is EventOf<'call'> => entry.type === 'call' && entry.step === name && entry.mutating,
  );
  const unknown = asked.findLast(({ outcome }) => outcome === 'unknown');
  const known = asked.findLast(({ outcome, error }) => outcome === 'ok' || isAboutState(error));
  const untilMs = Math.max(
    unknown ? Date.parse(unknown.at) + MAY_ARRIVE_WITHIN_MS : 0,
    known ? clock.nowMs() + SHOWS_WITHIN_MS : 0,
  );
  return Math.max(0, untilMs - clock.nowMs());
}

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
  const { undo: takeBack, undoWithinMs = UNDO_DEADLINE_MS } = step;
  return within(workplace, undoWithinMs, signal, async (limited, isOver) => {
    const context = contextFor(name, workplace, limited);
    try {
      mustKnowSecrets([params, before.state]);
      for (let tries = 1; ; tries += 1) {
        try {
          await workplace.mayChange(name, limited);
          await takeBack(params, context, before);
          break;
        } catch (error) {
          if (limited.aborted || error instanceof Suspended || isVerdict(error)) throw error;
          // A look that failed, or a change that nobody answered or that another one holds up, is repeated for as long as there is time.
          const mayPass = isPassing(error) || isTransition(error) || error instanceof UnknownOutcome;
          if (tries >= UNDO_TRIES && !mayPass) throw error;
          await clock.sleep(TRY_AGAIN_AFTER_MS, limited);
        }
      }
      record({ type: 'undo-ended', step: name, outcome: 'ok' });
      return true;
    } catch (error) {
      if (error instanceof Suspended) throw error;
      const facts = isOver()
        ? { name: 'Deadline', message: `not undone within ${undoWithinMs / 60_000} min` }
        : errorFacts(error);
      record({ type: 'undo-ended', step: name, outcome: 'failed', error: facts, command });
      return false;
    }
  });
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
