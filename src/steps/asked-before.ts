import { DrillError, errorFacts, type UnknownOutcome } from '../errors.ts';
import type { StepContext } from './step.ts';

/**
 * Refuses to ask a second time for something that may be done already and cannot be read: nobody answered, or the process ended
 * before the answer was on record.
 */
export function mustNotRepeat(what: string, { entries, step }: Pick<StepContext, 'entries' | 'step'>): void {
  const asked = entries().filter((entry) => entry.type === 'step-applying' && entry.step === step).length;
  if (asked <= 1) return;
  throw new AskedBefore(what);
}

export class AskedBefore extends DrillError {
  readonly #what: string;

  constructor(what: string, why = '') {
    super('asked-before', `${what} was asked for before${why}, and whether it was done is not known.`, {
      hint: "See for yourself what became of it. If it can safely be done twice, say 'repeatable: true' in the drill file.",
    });
    this.#what = what;
  }

  /** The same, with what came instead of an answer. */
  after({ cause, message }: UnknownOutcome): AskedBefore {
    const why = cause instanceof Error ? errorFacts(cause).message : message;
    return new AskedBefore(this.#what, ` (${why.replace(/\.$/, '')})`);
  }
}
