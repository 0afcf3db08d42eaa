import type { DeadlineInput } from '../../state-machines/parts.ts';
import { isTransition, toldBy } from '../aws/told.ts';
import { isoTime } from '../clock/clock.ts';
import { Aborted, DrillError, errorFacts, isPassing, Suspended, UnknownOutcome } from '../errors.ts';
import type { Json } from '../journal/events.ts';
import { steps } from '../platform/steps.ts';
import { CENSORED } from '../secrets.ts';
import { AskedBefore } from '../steps/asked-before.ts';
import { onLateError, takeLateError } from '../steps/late-errors.ts';
import { shown } from '../steps/plain-data.ts';
import { patiently, until } from '../steps/poll.ts';
import { type AnyStep, NotMade, type Observation, type StepContext } from '../steps/step.ts';
import { changeShows, SHOWS_WITHIN_MS } from './change-shown.ts';
import { decisionAbout } from './continued.ts';
import { type EarlierLife, earlierLife } from './earlier-life.ts';
import { whyLate } from './late-end.ts';
import { leftMs, passed } from './time-limit.ts';
import { decided, isUndecided } from './undecided.ts';
import { contextFor, type Workplace } from './workplace.ts';
import { othersWaited, YIELDED, yielded } from './yielding.ts';

/** zod compiles a schema before its first use, which takes longer than the few uses that a run has for it. */
const PARSED_ONCE = { jitless: true };

/** The step behind a name in the runbook. */
export function stepNamed(name: string, { runbook }: Pick<Workplace, 'runbook'>): AnyStep {
  const step = steps.get(runbook.steps[name]?.kind ?? '');
  if (step) return step;
  throw new DrillError('step-missing', `The runbook has no step named ${name}.`);
}

/** Its parameters as they stand now. */
export const paramsOf = (name: string, workplace: Pick<Workplace, 'runbook' | 'facts'>): unknown =>
  stepNamed(name, workplace).params.parse(workplace.runbook.steps[name]?.params(workplace.facts()), PARSED_ONCE);

/** A journal holds no secret: a run that is taken up again, and an undo, may lack one that they would have to send. */
export function mustKnowSecrets(needed: unknown): void {
  if (!JSON.stringify(needed ?? null).includes(CENSORED)) return;
  throw new DrillError('secret-not-in-journal', 'This needs a secret, and the journal contains none.', {
    hint: 'Do it by hand. Then move the secret out of the drill file: name where it is kept.',
  });
}

/** A step with the parameters that it has from its beginning on. */
interface Begun {
  name: string;
  step: AnyStep;
  params: unknown;
  earlier: EarlierLife | undefined;
  /** A person has done it: it is looked at, and asked for by nobody. */
  byHand: boolean;
}

/**
 * Looks, acts and waits; journals what it is about to do before it does it. A step that an ended process had begun goes on where
 * that one was, and asks nobody for a change a second time unless a look has shown that the first request came to nothing.
 */
export async function runStep(name: string, workplace: Workplace, signal: AbortSignal): Promise<Json | undefined> {
  const { record } = workplace;
  const decision = decisionAbout(name, workplace.entries());
  if (decision?.choice === 'skip') {
    record({ type: 'step-ended', step: name, outcome: 'ok', notDone: `${decision.by} skipped it: ${decision.why}` });
    return undefined;
  }
  const step = stepNamed(name, workplace);
  const params = paramsOf(name, workplace);
  let notDone: string | undefined;
  const late = lateErrors(signal);
  const context: StepContext = {
    ...contextFor(name, workplace, late.signal, step.patienceMs),
    notDone(why) {
      notDone ??= why;
    },
  };
  const earlier = earlierLife(name, workplace.entries());
  const begun = { name, step, params, earlier, byHand: decision?.choice === 'take-over' };
  const { sinceMs, deadlineMs } = deadlineOf(name, workplace, earlier);
  if (earlier) record({ type: 'step-resumed', step: name, deadlineAt: isoTime(deadlineMs) });
  else recordStart(begun, deadlineMs, workplace);
  try {
    mustKnowSecrets(params);
    const result = await carriedOut(begun, context, workplace);
    // What was stopped has not succeeded, even where its last look came back first.
    late.signal.throwIfAborted();
    record({ type: 'step-ended', step: name, outcome: 'ok', result, ...(notDone !== undefined && { notDone }) });
    return result;
  } catch (met) {
    if (met instanceof Suspended) {
      workplace.suspend(name, met);
      throw met;
    }
    const error = late.error() ?? met;
    const hasYielded = yielded(name, workplace.entries());
    const isLate = hasYielded || leftMs(workplace, sinceMs, deadlineMs) <= 0;
    const outcome = signal.aborted ? (isLate ? 'deadline' : 'aborted') : 'failed';
    const facts = errorFacts(error);
    const why = outcome === 'deadline' || hasYielded ? whyLate(name, workplace.entries(), facts) : facts;
    record({ type: 'step-ended', step: name, outcome, error: why });
    throw error;
  } finally {
    late.release();
  }
}

/** Ends a step when code of the user's own throws where nobody waits for it. */
function lateErrors(signal: AbortSignal) {
  const stop = new AbortController();
  let error: DrillError | undefined;
  const release = onLateError(() => {
    const late = signal.aborted ? undefined : takeLateError();
    if (!late) return;
    error = new DrillError(
      'own-step',
      `A module of this drill threw where nothing waited for it: ${shown(late.error)}`,
      {
        hint: 'Await every promise in the module, and catch what its timers throw.',
      },
    );
    stop.abort(error);
  });
  return { signal: AbortSignal.any([signal, stop.signal]), error: () => error, release };
}

function recordStart({ name, step, params }: Begun, deadlineMs: number, workplace: Workplace): void {
  const region = step.region?.(params);
  workplace.record({
    type: 'step-started',
    step: name,
    kind: step.kind,
    title: step.title(params),
    phase: workplace.phase,
    plane: step.plane,
    ...(region ? { region } : {}),
    params: params as Json,
    command: step.command(params),
    deadlineAt: isoTime(deadlineMs),
  });
}

/** A change that was refused because another one is under way is asked for again that soon, until the step's deadline. */
const ASKED_AGAIN_AFTER_MS = 2_000;

/** How often a step may find in `settle` that its change was not made after all. */
const ASKED_AT_MOST = 3;

/** Asks for the change and waits for it. A look that fails without saying anything about the change is repeated. */
async function carriedOut(begun: Begun, context: StepContext, workplace: Workplace): Promise<Json> {
  const { step, params } = begun;
  let { before, receipt } = await applied(begun, context, workplace);
  let asked = 1;
  for (;;) {
    try {
      return (await patiently(context, async () => step.settle?.(params, context, before, receipt))) ?? null;
    } catch (error) {
      // What a step changes while it waits is asked for again, too.
      if (error instanceof UnknownOutcome || isTransition(error))
        await context.clock.sleep(ASKED_AGAIN_AFTER_MS, context.signal);
      else if (error instanceof NotMade && asked < ASKED_AT_MOST) {
        asked += 1;
        receipt = await apply(begun, context, before, workplace);
      } else throw error;
    }
  }
}

interface Applied {
  before: Observation;
  receipt: Json | undefined;
}

/** Sees to it that the change has been asked for, once. */
async function applied(begun: Begun, context: StepContext, workplace: Workplace): Promise<Applied> {
  const { name, step, params, earlier } = begun;
  // What an undo goes back to is what stood before the first request.
  const seen = earlier?.observed;
  if (earlier?.applied) return { before: asSeen(seen), receipt: earlier.applied.receipt };
  if (earlier?.applying) {
    const before = asSeen(seen);
    if (step.repeatable) return { before, receipt: await apply(begun, context, before, workplace) };
    if (await changeShows(step, params, context, SHOWS_WITHIN_MS)) return { before, receipt: undefined };
  }
  // One look may be stale: what it says against the step must be said by several.
  let now: Observation = await until(context, () => step.observe(params, context));
  // Nothing is changed before people have decided whether the drill continues, and the look must be newer than that.
  while (step.apply && isUndecided(workplace)) {
    await decided(workplace, context.signal);
    now = await until(context, () => step.observe(params, context));
  }
  if (!seen) workplace.record({ type: 'step-observed', step: name, done: now.done, state: now.state });
  const before = seen ? asSeen(seen) : now;
  if (workplace.endBefore && step.apply && !now.done)
    await ended(workplace.endBefore, step.title(params), context.signal);
  if (now.done || now.underway || !step.apply) return { before, receipt: undefined };
  if (begun.byHand) {
    if (await changeShows(step, params, context, SHOWS_WITHIN_MS)) return { before, receipt: undefined };
    throw new DrillError('not-shown', `It was to have been done by hand, and does not show: ${step.title(params)}`, {
      hint: `Do it, then continue again: ${step.command(params)}`,
    });
  }
  return { before, receipt: await apply(begun, context, before, workplace) };
}

const asSeen = (seen: EarlierLife['observed']): Observation => ({
  done: seen?.done ?? false,
  state: seen?.state ?? null,
});

/** Never returns: the run, which is told to end, stops the step. */
function ended(endBefore: (change: string) => void, change: string, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Aborted()), { once: true });
    endBefore(change);
  });
}

async function apply(
  { name, step, params }: Begun,
  context: StepContext,
  before: Observation,
  { record, mayChange }: Workplace,
): Promise<Json | undefined> {
  if (!step.apply) return undefined;
  let unknown: UnknownOutcome | undefined;
  const asking = () =>
    record({
      type: 'step-applying',
      step: name,
      ...(step.pointOfNoReturn ? { pointOfNoReturn: step.pointOfNoReturn } : {}),
    });
  let told = '';
  asking();
  for (;;) {
    try {
      await mayChange(name, context.signal);
      const receipt = await step.apply(params, context, before);
      record({ type: 'step-applied', step: name, ...(receipt === undefined ? {} : { receipt }) });
      return receipt;
    } catch (error) {
      if (context.signal.aborted || error instanceof Suspended) throw error;
      // Only a look tells what became of a change that nobody answered, or that someone else may have made.
      const withinMs = looksAfter(error);
      if (withinMs !== undefined && (await changeShows(step, params, context, withinMs))) return undefined;
      if (error instanceof AskedBefore && unknown) throw error.after(unknown);
      if (error instanceof UnknownOutcome) unknown = error;
      if (isUnknown(error)) asking();
      else if (!isTransition(error)) throw error;
      else if (error.message !== told) {
        told = error.message;
        record({ type: 'not-ready', step: name, subject: name, reasons: [errorFacts(error).message] });
      }
    }
  }
}

const isUnknown = (error: unknown): boolean => error instanceof UnknownOutcome || isPassing(error);

/** How long to look for a change after its request failed; `undefined` where there is nothing to look for. */
function looksAfter(error: unknown): number | undefined {
  if (isUnknown(error)) return SHOWS_WITHIN_MS;
  if (error instanceof DrillError) return undefined;
  if (isTransition(error)) return ASKED_AGAIN_AFTER_MS;
  return toldBy(error) === 'standing' ? SHOWS_WITHIN_MS : 0;
}

/** At least so long has a step that was taken up again, to see what became of it while nobody looked. */
const GRACE_MS = 60_000;

/** When the step's time is up: a resume does not give it new time, except for a last look. Pauses without a session do not count. */
function deadlineOf(name: string, workplace: Workplace, earlier: EarlierLife | undefined) {
  const nowMs = workplace.clock.nowMs();
  if (!earlier) return { sinceMs: nowMs, deadlineMs: nowMs + (workplace.runbook.steps[name]?.deadlineMs ?? 0) };
  const { at, deadlineAt } = earlier.started;
  return { sinceMs: Date.parse(at), deadlineMs: Math.max(Date.parse(deadlineAt), nowMs + GRACE_MS) };
}

/** Resolves when the step's time is up, or when others have waited long enough for it, and says which. */
export async function stepDeadline(
  { step: name, yieldsTo = [] }: DeadlineInput,
  workplace: Workplace,
  signal: AbortSignal,
): Promise<string> {
  const ms = workplace.runbook.steps[name]?.deadlineMs ?? 0;
  const late = `not done within ${ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 6_000) / 10} min`}`;
  // xstate ignores what a stopped actor gives, so an aborted sleep needs no more than to end.
  const { sinceMs, deadlineMs } = deadlineOf(name, workplace, earlierLife(name, workplace.entries()));
  const timeIsUp = passed(workplace, sinceMs, deadlineMs, signal).then(() => late);
  const enough = yieldsTo.length > 0 ? [othersWaited(yieldsTo, workplace, sinceMs, signal).then(() => YIELDED)] : [];
  const reason = await Promise.race([timeIsUp, ...enough]);
  signal.throwIfAborted();
  const refused = workplace
    .entries()
    .findLast((entry) => entry.type === 'not-ready' && entry.step === name && entry.subject === name);
  const why = refused?.type === 'not-ready' ? `${reason}: ${refused.reasons.join('; ')}` : reason;
  workplace.record({ type: 'deadline-passed', step: name, reason: why });
  return why;
}
