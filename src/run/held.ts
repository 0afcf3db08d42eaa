import { type Clock, isoTime } from '../clock/clock.ts';
import { type Choice, goesForward } from '../drill/choices.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import type { Entry, EventOf, Outcome } from '../journal/events.ts';
import type { Continuation } from '../ports/people.ts';
import { lineOf } from '../runbook/form.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { continuedFrom, isUndone, lastContinued } from './continued.ts';
import { factsOf } from './facts.ts';
import { paramsOf, stepNamed } from './step-run.ts';
import type { Workplace } from './workplace.ts';

/** How soon a decision is noticed. */
const LOOK_EVERY_MS = 1_000;

/** The machine goes another way by what these give: nobody can decide that for them by leaving them out. */
const DECIDED_BY = ['detect-failure', 'detect-partition', 'settle-quorum', 'check-data'];

/**
 * Whether a run that has come to this end waits for a person. One that failed does; a run that ended otherwise only where it was
 * opened again for a decision.
 */
export function waitsForPerson(outcome: Outcome, workplace: Workplace): boolean {
  if (workplace.endBefore || !workplace.ports.people.decidesHeld) return false;
  const entries = workplace.entries();
  if (lastContinued(entries)?.choice === 'give-up') return false;
  const ended = entries.findLastIndex(({ type }) => type === 'run-ended');
  const isReopened = ended >= 0 && continuedFrom(entries) <= ended && !hasRolledBackSince(ended, workplace);
  return outcome === 'failed' || (isReopened && outcome !== 'rolled-back');
}

const hasRolledBackSince = (index: number, { entries }: Workplace): boolean =>
  entries()
    .slice(index)
    .some((entry) => entry.type === 'continued' && entry.choice === 'roll-back');

/**
 * Waits until a person decides how a held run continues, and journals the decision. Gives nothing where nobody decides in time, or the
 * run is aborted meanwhile.
 */
export async function personDecides(
  outcome: Outcome,
  waitMs: number,
  workplace: Workplace,
  signal: AbortSignal,
): Promise<EventOf<'continued'> | undefined> {
  const { clock, ports, record, entries } = workplace;
  const offered = choicesOpen(outcome, workplace);
  const wanted =
    waitingNow(workplace) ??
    (record({
      type: 'person-wanted',
      until: isoTime(clock.nowMs() + waitMs),
      choices: offered,
      steps: unsuccessful(workplace),
    }) as EventOf<'person-wanted'>);
  const untilMs = Date.parse(wanted.until);
  let lookedMs = Date.parse(wanted.at);
  for (;;) {
    const nowMs = clock.nowMs();
    const waitedFromMs = entries().flatMap((entry) => (entry.type === 'person-wanted' ? [Date.parse(entry.at)] : []));
    for (const said of (await ports.people.continuations(waitedFromMs)).filter((one) => !isHeard(one, workplace))) {
      const why = said.refused ?? stale(said, workplace) ?? refusalOf(said, offered, workplace);
      const { atMs, refused: _, ...decision } = said;
      if (why !== undefined) {
        const { choice, by } = decision;
        record({ type: 'continuation-refused', choice, by, said: isoTime(atMs), why });
        continue;
      }
      const steadyMs = steadyTime(said, clock);
      const answeredAt = isoTime(Math.min(nowMs, Math.max(lookedMs, steadyMs)));
      return record({
        type: 'continued',
        ...decision,
        answeredAt,
        ...(isoTime(atMs) !== answeredAt && { said: isoTime(atMs) }),
      }) as EventOf<'continued'>;
    }
    lookedMs = nowMs;
    if (signal.aborted || nowMs >= untilMs) return undefined;
    await clock.sleep(Math.min(LOOK_EVERY_MS, untilMs - nowMs), signal).catch(() => {});
  }
}

/** When a decision was made; simulated people go by the simulation's own time. */
const steadyTime = ({ atMs, simulated }: Continuation, clock: Clock): number =>
  simulated ? atMs : atMs - (clock.wallMs() - clock.nowMs());

/** Why a decision is about a former wait: the run continued after it was made, because of another one. */
function stale(said: Continuation, { clock, entries }: Workplace): string | undefined {
  const wentOn = entries().findLast(({ type }) => type === 'phase-entered');
  if (!wentOn || steadyTime(said, clock) >= Date.parse(wentOn.at)) return undefined;
  return `it was made at ${isoTime(said.atMs)}, before the run went on at ${wentOn.at}`;
}

/** The wait that a process which ended had begun. */
function waitingNow({ entries }: Workplace): EventOf<'person-wanted'> | undefined {
  const last = entries().findLast(({ type }) => ['person-wanted', 'continued', 'run-ended'].includes(type));
  return last?.type === 'person-wanted' ? last : undefined;
}

const isHeard = ({ by, atMs, choice }: Continuation, { entries }: Workplace): boolean =>
  entries().some(
    (entry) =>
      (entry.type === 'continued' || entry.type === 'continuation-refused') &&
      entry.by === by &&
      entry.choice === choice &&
      (entry.said ?? (entry.type === 'continued' ? entry.answeredAt : '')) === isoTime(atMs),
  );

/** What decisions are compared with: the journal, and what the drill's steps are. */
type Standing = Pick<Workplace, 'entries' | 'runbook' | 'facts'>;

/** A run as its journal has it, for anyone who does not lead it. */
export function standingIn(entries: readonly Entry[], drill: Drill, topology: Topology): Standing {
  return { entries: () => entries, runbook: runbookFor(drill, topology), facts: () => factsOf(entries) };
}

/** What can be decided about a run as it stands. */
export function choicesOpen(outcome: Outcome, workplace: Standing): Choice[] {
  const canUndo = appliedSteps(workplace).some((name) => !isUndone(name, workplace.entries()));
  const back: Choice[] = [...(canUndo ? (['roll-back'] as const) : []), 'give-up'];
  if (outcome !== 'failed' && outcome !== 'aborted') return back;
  return isWhole(workplace) ? ['retry', 'skip', 'take-over', ...back] : back;
}

/** The course can be walked again where nothing was undone but what can be done again by itself. */
const isWhole = (workplace: Standing): boolean =>
  appliedSteps(workplace).every(
    (name) =>
      !isUndone(name, workplace.entries()) ||
      workplace.runbook.steps[name]?.isApart === true ||
      stepNamed(name, workplace).returnsBehindNoReturn === true,
  );

const appliedSteps = ({ entries }: Standing): string[] => [
  ...new Set(entries().flatMap((entry) => (entry.type === 'step-applying' ? [entry.step] : []))),
];

/** Steps that were begun and whose last attempt did not succeed; those that failed of themselves, where there are such. */
export function unsuccessful({ entries }: Standing): string[] {
  const last = new Map<string, string>();
  for (const entry of entries()) {
    if (entry.type === 'step-started') last.set(entry.step, 'unfinished');
    if (entry.type === 'step-ended') last.set(entry.step, entry.outcome);
  }
  const steps = [...last].filter(([, outcome]) => outcome !== 'ok');
  const failed = steps.filter(([, outcome]) => outcome !== 'aborted');
  return (failed.length > 0 ? failed : steps).map(([step]) => step);
}

/** Why a decision cannot be carried out. */
export function refusalOf(
  { choice, step, why }: Pick<Continuation, 'choice' | 'step' | 'why'>,
  offered: readonly Choice[],
  workplace: Standing,
): string | undefined {
  if (!offered.includes(choice)) return `this run can only be continued with ${offered.join(' or ')} now`;
  if (!goesForward({ choice })) return undefined;
  const open = unsuccessful(workplace);
  if (step !== undefined && !open.includes(step))
    return `${step} is none of the steps that did not succeed: ${open.join(', ')}`;
  if (choice === 'retry') return undefined;
  if (step === undefined) return `${choice} needs the name of a step: ${open.join(', ')}`;
  if (choice === 'take-over') return undefined;
  if (why === undefined || why.trim() === '') return 'a step is skipped only with a reason';
  return mustBeDone(step, workplace)
    ? `${step} cannot be skipped: the rest rests on it. Do it by hand, then continue with take-over`
    : undefined;
}

/** What keeps a second writer away, cannot be undone, or decides the course is never left out. */
function mustBeDone(name: string, workplace: Standing): boolean {
  const step = stepNamed(name, workplace);
  return (
    DECIDED_BY.includes(lineOf(name)) ||
    step.pointOfNoReturn !== undefined ||
    workplace.runbook.steps[name]?.moves === true ||
    step.keep?.(paramsOf(name, workplace)) !== undefined
  );
}
