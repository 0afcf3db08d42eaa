import type { Clock } from '../clock/clock.ts';
import { errorFacts } from '../errors.ts';

/** A rotation changes the password first and the secret a little later; what checks a token may be restarted. */
const DOUBTED_FOR_MS = 60_000;

/** Remembers who let the login in: one refusal after that contradicts it, and is asked again before it is believed. */
export class FormerLogins {
  readonly #clock: Clock;
  /** Since when each has refused the login that it had taken; 0 where it takes it. */
  readonly #refusedSinceMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  worked(who: string): void {
    this.#refusedSinceMs.set(who, 0);
  }

  /** The refusal as it is, or for a minute as one that passes. */
  refused(who: string, error: unknown): unknown {
    const known = this.#refusedSinceMs.get(who);
    if (known === undefined) return error;
    const nowMs = this.#clock.elapsedMs();
    const sinceMs = known || nowMs;
    this.#refusedSinceMs.set(who, sinceMs);
    if (nowMs - sinceMs >= DOUBTED_FOR_MS) return error;
    const text = `${errorFacts(error).message} It took this login before: the credential may be being rotated.`;
    return Object.assign(new Error(text, { cause: error }), { name: 'LoginRefused' });
  }
}
