import { UnknownOutcome } from '../aws/gateway.ts';
import { isoTime } from '../clock/clock.ts';
import { Aborted, DrillError, errorFacts } from '../errors.ts';
import type { Json } from '../journal/events.ts';
import { steps } from '../steps/index.ts';
import type { AnyStep, Observation, StepContext } from '../steps/step.ts';
import { changeShows, SHOWS_WITHIN_MS } from './change-shown.ts';
import { type EarlierLife, earlierLife } from './earlier-life.ts';
import { contextFor, type Workplace } from './workplace.ts';

/** zod compiles a schema before its first use, which takes longer than the few uses that a run has for it. */
const PARSED_ONCE = { jitless: true };

/** The step behind a name in the runbook. */
export function stepNamed(name: string, { runbook }: Workplace): AnyStep {
  const step = steps.get(runbook.steps[name]?.kind ?? '');
  if (step) return step;
  throw new DrillError('step-missing', `The runbook has no step named ${name}.`);
}

/** Its parameters as they stand now. */
export const paramsOf = (name: string, workplace: Workplace): unknown =>
  stepNamed(name, workplace).params.parse(workplace.runbook.steps[name]?.params(workplace.facts()), PARSED_ONCE);

/** A step with the parameters that it has from its beginning on. */
interface Begun {
  name: string;
  step: AnyStep;
  params: unknown;
  earlier: EarlierLife | undefined;
}

/**
 * Looks, acts and waits; journals what it is about to do before it does it. A step that an ended process had begun goes on where
 * that one was, and asks nobody for a change a second time unless a look has shown that the first request came to nothing.
 */
export async function runStep(name: string, workplace: Workplace, signal: AbortSignal): Promise<Json> {
  const { record, clock } = workplace;
  const step = stepNamed(name, workplace);
  const params = paramsOf(name, workplace);
  const context = contextFor(name, workplace, signal);
  const earlier = earlierLife(name, workplace.entries());
  const begun = { name, step, params, earlier };
  const deadlineMs = deadlineOf(name, workplace, earlier);
  if (earlier) record({ type: 'step-resumed', step: name, deadlineAt: isoTime(deadlineMs) });
  else recordStart(begun, deadlineMs, workplace);
  try {
    const { before, receipt } = await applied(begun, context, workplace);
    const result = (await step.settle?.(params, context, before, receipt)) ?? null;
    // What was stopped has not succeeded, even where its last look came back first.
    signal.throwIfAborted();
    record({ type: 'step-ended', step: name, outcome: 'ok', result });
    return result;
  } catch (error) {
    const outcome = signal.aborted ? (clock.nowMs() >= deadlineMs ? 'deadline' : 'aborted') : 'failed';
    record({ type: 'step-ended', step: name, outcome, error: errorFacts(error) });
    throw error;
  }
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
  const now: Observation = await step.observe(params, context);
  if (!seen) workplace.record({ type: 'step-observed', step: name, done: now.done, state: now.state });
  const before = seen ? asSeen(seen) : now;
  if (workplace.endBefore && step.apply && !now.done)
    await ended(workplace.endBefore, step.title(params), context.signal);
  if (now.done || now.underway || !step.apply) return { before, receipt: undefined };
  return { before, receipt: await apply(begun, context, before, workplace) };
}

const asSeen = (seen: EarlierLife['observed']): Observation => ({
  done: seen?.done ?? false,
  state: seen?.state ?? null,
});

/** Never comes back: the run that is told to end stops the step. */
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
  { record }: Workplace,
): Promise<Json | undefined> {
  if (!step.apply) return undefined;
  for (let tries = 1; ; tries += 1) {
    record({
      type: 'step-applying',
      step: name,
      ...(step.pointOfNoReturn ? { pointOfNoReturn: step.pointOfNoReturn } : {}),
    });
    try {
      const receipt = await step.apply(params, context, before);
      record({ type: 'step-applied', step: name, ...(receipt === undefined ? {} : { receipt }) });
      return receipt;
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || tries === 3) throw error;
      // Nobody answered: only a look tells whether the change was made. Asking again unseen could make it twice.
      if (await changeShows(step, params, context, SHOWS_WITHIN_MS)) return undefined;
    }
  }
}

/** At least so long has a step that was taken up again, to see what became of it while nobody looked. */
const GRACE_MS = 60_000;

/** When the step's time is up: a resume does not give it new time, except for a last look. */
function deadlineOf(name: string, workplace: Workplace, earlier: EarlierLife | undefined): number {
  const nowMs = workplace.clock.nowMs();
  if (earlier) return Math.max(Date.parse(earlier.started.deadlineAt), nowMs + GRACE_MS);
  return nowMs + (workplace.runbook.steps[name]?.deadlineMs ?? 0);
}

/** Resolves when the step's time is up, and says how long that was. */
export async function stepDeadline(name: string, workplace: Workplace, signal: AbortSignal): Promise<string> {
  const ms = workplace.runbook.steps[name]?.deadlineMs ?? 0;
  const reason = `not done within ${ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 6_000) / 10} min`}`;
  // xstate ignores what a stopped actor gives, so an aborted sleep needs no more than to end.
  const deadlineMs = deadlineOf(name, workplace, earlierLife(name, workplace.entries()));
  await workplace.clock.sleep(deadlineMs - workplace.clock.nowMs(), signal);
  signal.throwIfAborted();
  workplace.record({ type: 'deadline-passed', step: name, reason });
  return reason;
}
