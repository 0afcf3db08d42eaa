import * as z from 'zod';
import type { Entry, EventOf } from '../journal/events.ts';
import { callFacts, callSchema, callsByCaller } from './calls.ts';
import { seenBy } from './checks.ts';
import { entriesOf, instantMs, readOnce } from './reading.ts';

const span = {
  fromMs: z.number().describe('Epoch milliseconds.'),
  toMs: z.number().nullable().describe('Epoch milliseconds; null if it never ended.'),
};

/** Source: `phase-entered` and `phase-left`. */
export const phaseSchema = z.strictObject({ phase: z.string(), ...span });

/** Source: the `step-…` events of one run of a step, and the `call` events filed under it. */
export const stepSchema = z.strictObject({
  step: z.string(),
  kind: z.string(),
  title: z.string(),
  phase: z.string(),
  plane: z.enum(['control', 'data']),
  region: z.string().nullable(),
  command: z.string(),
  ...span,
  deadlineMs: z.number().describe('Epoch milliseconds.'),
  outcome: z.enum(['ok', 'failed', 'unknown', 'aborted', 'deadline', 'unfinished']),
  /** Why it was not done, or only in part, although nothing failed. */
  notDone: z.string().nullable(),
  /** How many of the checks that it made failed in the end. */
  failedChecks: z.int(),
  error: z.string().nullable(),
  hint: z.string().nullable(),
  /** It was so already, and nothing had to be done. */
  foundDone: z.boolean(),
  /** It asked for a change. */
  applied: z.boolean(),
  pointOfNoReturn: z.string().nullable(),
  calls: z.array(callSchema),
});

/** Calls of a watch, which runs beside the steps. */
export const watchSchema = z.strictObject({ watch: z.string(), calls: z.array(callSchema) });

export type Phase = z.output<typeof phaseSchema>;
export type StepSpan = z.output<typeof stepSchema>;
export type Watch = z.output<typeof watchSchema>;

/** Each stay in a phase, in order of entering. */
export function phases(entries: readonly Entry[]): Phase[] {
  const left = entriesOf(entries, 'phase-left');
  return entriesOf(entries, 'phase-entered').map((entered) => {
    const end = left.find(({ phase, seq }) => phase === entered.phase && seq > entered.seq);
    return { phase: entered.phase, fromMs: instantMs(entered), toMs: end ? instantMs(end) : null };
  });
}

/** Each run of a step, in order of starting. A step that was run again, after a resume, is there twice. */
export const steps = readOnce((entries): readonly StepSpan[] => {
  const started = entriesOf(entries, 'step-started');
  const filed = filedByStep(entries);
  return started.map((start) => {
    const again = started.find(({ step, seq }) => step === start.step && seq > start.seq);
    const own = (filed.get(start.step) ?? []).filter(({ seq }) => seq > start.seq && (!again || seq < again.seq));
    return stepSpan(start, own);
  });
});

/** The entries of each step, in one walk through the journal. */
function filedByStep(entries: readonly Entry[]): Map<string, Entry[]> {
  const filed = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (!('step' in entry) || entry.step === undefined) continue;
    const own = filed.get(entry.step);
    if (own) own.push(entry);
    else filed.set(entry.step, [entry]);
  }
  return filed;
}

/** Calls by the person who is no step: the watches beside them. */
export function watches(entries: readonly Entry[]): Watch[] {
  const known = new Set(entriesOf(entries, 'step-started').map(({ step }) => step));
  return [...callsByCaller(entries)]
    .filter(([caller]) => caller !== '' && !known.has(caller))
    .map(([watch, calls]) => ({ watch, calls: calls.map(callFacts) }));
}

function stepSpan(start: EventOf<'step-started'>, own: readonly Entry[]): StepSpan {
  const { step, kind, title, phase, plane, command } = start;
  const mine = <T extends 'step-observed' | 'step-applying'>(type: T) =>
    own.find((entry) => entry.type === type) as EventOf<T> | undefined;
  // A person may have skipped it after it had failed.
  const end = own.findLast((entry) => entry.type === 'step-ended') as EventOf<'step-ended'> | undefined;
  const applying = mine('step-applying');
  return {
    step,
    kind,
    title,
    phase,
    plane,
    region: start.region ?? null,
    command,
    fromMs: instantMs(start),
    toMs: end ? instantMs(end) : null,
    deadlineMs: Date.parse(start.deadlineAt),
    outcome: end?.outcome ?? 'unfinished',
    notDone: end?.notDone ?? null,
    failedChecks: seenBy(own).failed,
    error: end?.error ? `${end.error.name}: ${end.error.message}` : null,
    hint: end?.error?.hint ?? null,
    foundDone: mine('step-observed')?.done ?? false,
    applied: applying !== undefined,
    pointOfNoReturn: applying?.pointOfNoReturn ?? null,
    calls: own.flatMap((entry) => (entry.type === 'call' ? callFacts(entry) : [])),
  };
}
