import * as z from 'zod';
import type { Entry } from '../journal/events.ts';
import { entriesOf, heldNow } from './reading.ts';
import { type StepSpan, steps } from './timeline.ts';

/** What a run that went wrong has left behind, and what a person would type about it. */
export const aftermathSchema = z.strictObject({
  held: z.array(z.strictObject({ step: z.string(), title: z.string(), reason: z.string() })),
  undos: z.array(
    z.strictObject({
      step: z.string(),
      title: z.string(),
      outcome: z.enum(['ok', 'failed', 'nothing-to-undo', 'unfinished']),
      error: z.string().nullable(),
      command: z.string(),
    }),
  ),
  /** Steps that changed something which was not undone. */
  standing: z.array(z.strictObject({ step: z.string(), title: z.string(), outcome: z.string(), command: z.string() })),
  /**
   * Steps that were begun and did not succeed, where a person must go on: after a hold, a failed undo or a cut-off run.
   * Empty after a clean rollback: to finish one then would be a second change that nobody wants.
   */
  unfinished: z.array(
    z.strictObject({ step: z.string(), title: z.string(), outcome: z.string(), command: z.string() }),
  ),
});

export type Aftermath = z.output<typeof aftermathSchema>;

/** Source: `held`, `undo-started`, `undo-ended` and the `step-…` events. */
export function aftermath(entries: readonly Entry[]): Aftermath {
  const last = new Map(steps(entries).map((step) => [step.step, step]));
  const askedLast = new Map(entriesOf(entries, 'step-applying').map(({ step, seq }) => [step, seq]));
  const begun = entriesOf(entries, 'undo-started');
  const undos = begun.map(({ step, title, command, seq }) => {
    const end = entriesOf(entries, 'undo-ended').find((entry) => entry.step === step && entry.seq > seq);
    const error = end?.error ? `${end.error.name}: ${end.error.message}` : null;
    return { step, title, outcome: end?.outcome ?? ('unfinished' as const), error, command: end?.command ?? command };
  });
  // A step may have been done again since, and an undo repeated.
  const stands = new Map(
    begun.flatMap(({ step, seq }, index) => (seq > (askedLast.get(step) ?? 0) ? [[step, index] as const] : [])),
  );
  const lastUndos = undos.filter(({ step }, index) => stands.get(step) === index);
  const undone = stepsWhose(lastUndos, 'ok');
  const settled = stepsWhose(lastUndos, 'ok', 'nothing-to-undo');
  const held = heldNow(entries).map(({ step, reason }) => ({
    step,
    title: last.get(step)?.title ?? step,
    reason,
  }));
  const ended = entriesOf(entries, 'run-ended').at(-1);
  const personGoesOn =
    held.length > 0 || settled.size < lastUndos.length || ended === undefined || ended.outcome === 'failed';
  const all = [...last.values()];
  return {
    held,
    undos,
    standing: all.filter(({ step, applied, outcome }) => applied && outcome === 'ok' && !undone.has(step)).map(plain),
    unfinished: personGoesOn
      ? all.filter(({ step, outcome }) => outcome !== 'ok' && !settled.has(step)).map(plain)
      : [],
  };
}

/**
 * How many undos that succeeded took a change back, and how many had nothing to take back, since AWS refused each change that was
 * asked for. Source: `undo-ended`, `call`, `step-applied`.
 */
export function undoneIn(entries: readonly Entry[]): { undone: number; refused: number } {
  const undos = entriesOf(entries, 'undo-ended').filter(({ outcome }) => outcome === 'ok');
  const refused = undos.filter(({ step }) => wasRefused(step, entries)).length;
  return { undone: undos.length - refused, refused };
}

/** Whether a step asked AWS for changes, and was refused all of them; what it changed beside AWS is told by `step-applied`. */
function wasRefused(step: string, entries: readonly Entry[]): boolean {
  if (entriesOf(entries, 'step-applied').some((entry) => entry.step === step)) return false;
  const begun = entriesOf(entries, 'undo-started').find((entry) => entry.step === step)?.seq ?? 0;
  const asked = entriesOf(entries, 'call').filter((one) => one.step === step && one.mutating && one.seq < begun);
  return asked.length > 0 && asked.every(({ outcome }) => outcome === 'failed');
}

const stepsWhose = (undos: Aftermath['undos'], ...outcomes: Aftermath['undos'][number]['outcome'][]): Set<string> =>
  new Set(undos.filter(({ outcome }) => outcomes.includes(outcome)).map(({ step }) => step));

const plain = ({ step, title, outcome, command }: StepSpan) => ({ step, title, outcome, command });
