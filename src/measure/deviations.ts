import * as z from 'zod';
import { inWords } from '../duration.ts';
import type { Entry, EventOf } from '../journal/events.ts';
import { callsByCaller, isThrottled } from './calls.ts';
import { givenUpSteps, wasGivenUp } from './given-up.ts';
import { entriesOf, instantMs } from './reading.ts';
import { clockMoved, joinedBy } from './spans.ts';
import { type StepSpan, steps } from './timeline.ts';

/** A step this far into its deadline might not make it the next time. */
const NEAR_DEADLINE = 0.8;

/** A failing look is journalled when it has failed for so long. */
const FAILING_FROM_MS = 5_000;

/** So many moves of the wall clock are each told. */
const TOLD_ONE_BY_ONE = 3;

/** What a run showed that a smooth one does not. `atMs` in epoch milliseconds. */
export const deviationSchema = z.strictObject({
  kind: z.enum([
    'throttled',
    'retried',
    'unknown-outcome',
    'near-deadline',
    'step-failed',
    'given-up',
    'step-stopped',
    'held',
    'continued',
    'undo-failed',
    'abort',
    'clock-jumped',
    'look-failed',
    'paused',
    'suspended',
    'resumed',
  ]),
  about: z.string(),
  what: z.string(),
  atMs: z.number(),
});

export const findingSchema = z.strictObject({
  severity: z.enum(['blocker', 'warning', 'note']),
  subject: z.string(),
  what: z.string(),
  why: z.string(),
  fix: z.string(),
  step: z.string().optional().describe('The step that found it.'),
});

export type Deviation = z.output<typeof deviationSchema>;
export type Finding = z.output<typeof findingSchema>;

/** Findings of the preflight and of validation, most severe first. Source: `finding` events. */
export function findings(entries: readonly Entry[]): Finding[] {
  const order = ['blocker', 'warning', 'note'];
  return entriesOf(entries, 'finding')
    .map(({ severity, subject, what, why, fix, step }) => ({
      ...{ severity, subject, what, why, fix },
      ...(step !== undefined && { step }),
    }))
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/**
 * Retries, throttles, unanswered changes, steps that failed or came near their deadline, held steps, failed undos, aborts, looks that failed
 * for long, pauses without a session, moves of the wall clock, restarts.
 */
export function deviations(entries: readonly Entry[]): Deviation[] {
  return [
    ...[...callsByCaller(entries)].flatMap(([caller, calls]) => callDeviations(caller, calls)),
    ...steps(entries)
      .filter(({ step }) => !wasGivenUp(step, entries))
      .flatMap(stepDeviations),
    ...givenUpSteps(entries).map(
      ({ store, step, reason, atMs }): Deviation => ({
        kind: 'given-up',
        about: step,
        what: `${store} is not essential, so the rest went on without it: ${reason}`,
        atMs,
      }),
    ),
    ...entriesOf(entries, 'held').map(
      (entry): Deviation => ({ kind: 'held', about: entry.step, what: entry.reason, atMs: instantMs(entry) }),
    ),
    ...continuedDeviations(entries),
    ...entriesOf(entries, 'undo-ended')
      .filter(({ outcome }) => outcome === 'failed')
      .map(
        (entry): Deviation => ({
          kind: 'undo-failed',
          about: entry.step,
          what: entry.error?.message ?? 'its undo failed',
          atMs: instantMs(entry),
        }),
      ),
    ...entriesOf(entries, 'abort-requested').map(
      (entry): Deviation => ({ kind: 'abort', about: 'run', what: entry.reason, atMs: instantMs(entry) }),
    ),
    ...failingLooks(entries),
    ...pauses(entries),
    ...entriesOf(entries, 'run-suspended').map(
      (entry): Deviation => ({ kind: 'suspended', about: entry.step, what: entry.reason, atMs: instantMs(entry) }),
    ),
    ...wallClockDeviations(entries),
    ...entriesOf(entries, 'run-resumed').flatMap((entry): Deviation[] => {
      const what = joinedBy(entry);
      return what === undefined ? [] : [{ kind: 'resumed', about: 'run', what, atMs: instantMs(entry) }];
    }),
  ].sort((a, b) => a.atMs - b.atMs);
}

/** The decisions that a held run waited for, and those that could not be carried out. */
function continuedDeviations(entries: readonly Entry[]): Deviation[] {
  return [
    ...entriesOf(entries, 'continued').map(
      ({ choice, step, by, why, ...entry }): Deviation => ({
        kind: 'continued',
        about: step ?? 'run',
        what: `${by} decided: ${choice}${why === undefined ? '' : `, because ${why}`}`,
        atMs: instantMs(entry),
      }),
    ),
    ...entriesOf(entries, 'continuation-refused').map(
      ({ choice, by, why, ...entry }): Deviation => ({
        kind: 'continued',
        about: 'run',
        what: `${by} decided: ${choice}. That was not carried out: ${why}`,
        atMs: instantMs(entry),
      }),
    ),
  ];
}

/** One line for each thing that could not be seen for 5 s or more. */
function failingLooks(entries: readonly Entry[]): Deviation[] {
  const byWhat = new Map<string, [first: EventOf<'look-failing'>, last: EventOf<'look-failing'>]>();
  for (const entry of entriesOf(entries, 'look-failing')) {
    const key = `${entry.step} ${entry.what}`;
    byWhat.set(key, [byWhat.get(key)?.[0] ?? entry, entry]);
  }
  return [...byWhat.values()].map(([first, last]): Deviation => {
    const what = `${first.what} failed for ${inWords(last.ms - first.ms + FAILING_FROM_MS)} or more: ${last.reason}`;
    return { kind: 'look-failed', about: first.step, what, atMs: instantMs(first) };
  });
}

/** Each time without an AWS session, from the first refusal until it worked again. */
function pauses(entries: readonly Entry[]): Deviation[] {
  return entriesOf(entries, 'session-renewed').map((renewed): Deviation => {
    const ended = entriesOf(entries, 'session-ended').findLast(({ seq }) => seq < renewed.seq);
    const what = `the run waited ${inWords(renewed.afterMs)} for a new AWS session: ${ended?.reason}`;
    return { kind: 'paused', about: 'session', what, atMs: instantMs(renewed) - renewed.afterMs };
  });
}

/** A clock that drifts is noted every second that it gains or loses: one line for all of them. */
function wallClockDeviations(entries: readonly Entry[]): Deviation[] {
  const jumps = entriesOf(entries, 'clock-jumped');
  const [first] = jumps;
  if (!first) return [];
  const nothing = 'No figure depends on it: all of them come from steady time.';
  const line = (what: string, atMs: number): Deviation => ({ kind: 'clock-jumped', about: 'clock', what, atMs });
  if (jumps.length <= TOLD_ONE_BY_ONE)
    return jumps.map((jump) => line(`${clockMoved(jump)}, to ${jump.wall}. ${nothing}`, instantMs(jump)));
  const byMs = jumps.reduce((sum, jump) => sum + jump.byMs, 0);
  return [line(`${clockMoved({ byMs })} in all, in ${jumps.length} moves. ${nothing}`, instantMs(first))];
}

/** One line for each operation, however often it was asked again. */
function callDeviations(caller: string, calls: readonly EventOf<'call'>[]): Deviation[] {
  const kinds: [Deviation['kind'], (call: EventOf<'call'>) => boolean, string][] = [
    ['throttled', isThrottled, 'was refused for calling too often'],
    ['retried', (call) => call.attempt > 1 && !isThrottled(call), 'had to be asked again'],
    [
      'unknown-outcome',
      (call) => call.outcome === 'unknown',
      'got no valid response, so the state in AWS was checked first',
    ],
  ];
  const byOperation = new Map<string, EventOf<'call'>[]>();
  for (const call of calls) {
    const operation = `${call.service} ${call.operation} in ${call.region}`;
    const alike = byOperation.get(operation);
    if (alike) alike.push(call);
    else byOperation.set(operation, [call]);
  }
  return [...byOperation].flatMap(([operation, alike]) =>
    kinds.flatMap(([kind, applies, what]): Deviation[] => {
      const some = alike.filter(applies);
      const first = some[0];
      if (!first) return [];
      const times = some.length === 1 ? '' : ` (${some.length} times)`;
      return [{ kind, about: caller || 'run', what: `${operation} ${what}${times}`, atMs: instantMs(first) }];
    }),
  );
}

function stepDeviations({ step, outcome, error, fromMs, toMs, deadlineMs }: StepSpan): Deviation[] {
  if (outcome === 'unfinished')
    return [{ kind: 'step-failed', about: step, what: 'the journal ends before the step does', atMs: fromMs }];
  const atMs = toMs ?? fromMs;
  if (outcome === 'aborted')
    return [{ kind: 'step-stopped', about: step, what: 'was stopped before it was done', atMs }];
  if (outcome !== 'ok')
    return [{ kind: 'step-failed', about: step, what: `ended as ${outcome}${error ? `: ${error}` : ''}`, atMs }];
  const share = (atMs - fromMs) / (deadlineMs - fromMs);
  if (!(share > NEAR_DEADLINE)) return [];
  const allowed = inWords(deadlineMs - fromMs);
  return [
    { kind: 'near-deadline', about: step, what: `took ${inWords(atMs - fromMs)} of the ${allowed} allowed`, atMs },
  ];
}
