import type { Clock } from '../clock/clock.ts';
import { isoTime } from '../clock/clock.ts';
import { errorFacts, Suspended } from '../errors.ts';
import type { RunEvent } from '../journal/events.ts';

/** How often new credentials are looked for while there are none that work. */
const RENEW_EVERY_MS = 5_000;

/** What a run does about an AWS session that has ended. */
export interface SessionOptions {
  clock: Clock;
  record: (event: RunEvent) => void;
  /** Reads the credentials again. Rejects, in words for a person, while there are none. */
  renew?: (() => Promise<void>) | undefined;
  /** How long the run waits for a new session before it is suspended, in milliseconds. */
  withinMs: number;
  /** The error in words for a person. */
  inWords?: ((error: unknown) => unknown) | undefined;
}

/** The AWS session of a run, shared by all of its calls. When it ends they wait together until there is a new one. */
export class RunSession {
  readonly #options: SessionOptions;
  #endedMs: number | undefined;
  #reason = '';
  #renewing: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * Waits a little and reads the credentials again, after a call was refused because of them. The caller then tries its call again.
   * Rejects with `Suspended` when there has been no session for too long.
   */
  async awaitNew(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, withinMs } = this.#options;
    // Each call has words of its own; what is said from now on is what reading the credentials again comes to.
    if (this.#endedMs === undefined) this.#tell(error);
    const endedMs = this.#endedMs ?? clock.nowMs();
    const leftMs = endedMs + withinMs - clock.nowMs();
    if (leftMs <= 0) throw this.#suspended();
    await clock.sleep(Math.min(RENEW_EVERY_MS, leftMs), signal);
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    await this.#orSuspended(this.#renewing, endedMs + withinMs - clock.nowMs(), signal);
  }

  /** Who is asked for a code may be away: the wait for a new session ends all the same. */
  async #orSuspended(renewing: Promise<void>, leftMs: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const limit = this.#options.clock
      .sleep(Math.max(RENEW_EVERY_MS, leftMs), AbortSignal.any([signal, over.signal]))
      .then(() => {
        throw this.#suspended();
      });
    try {
      await Promise.race([renewing, limit]);
    } finally {
      over.abort();
      limit.catch(() => {});
    }
  }

  /** AWS has accepted the credentials of a call that was sent then. One from before the session ended says nothing about a new one. */
  works(sentMs: number): void {
    if (this.#endedMs === undefined || sentMs < this.#endedMs) return;
    const { clock, record } = this.#options;
    record({ type: 'session-renewed', afterMs: clock.nowMs() - this.#endedMs });
    this.#endedMs = undefined;
  }

  async #renew(): Promise<void> {
    try {
      await this.#options.renew?.();
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    const { clock, record, withinMs, inWords = (same) => same } = this.#options;
    const { message, hint = 'Log in again: the run continues by itself.' } = errorFacts(inWords(error));
    if (this.#endedMs !== undefined && message === this.#reason) return;
    this.#endedMs ??= clock.nowMs();
    this.#reason = message;
    record({ type: 'session-ended', reason: message, hint, until: isoTime(this.#endedMs + withinMs) });
  }

  #suspended(): Suspended {
    return new Suspended(`There was no valid AWS session for ${this.#options.withinMs / 60_000} min: ${this.#reason}`, {
      hint: 'Log in again, then resume the run.',
    });
  }
}
