import type { ProbeResult } from '../../journal/events.ts';
import type { StepContext } from '../step.ts';

/** The public door as a customer knows it. */
export interface Door {
  name: string;
  path: string;
  timeoutMs: number;
}

/** A customer with a resolver of his own, which keeps an answer for its TTL and no longer. */
export class Customer {
  readonly #door: Door;
  readonly #context: Pick<StepContext, 'dns' | 'http' | 'clock' | 'signal'>;
  #cached: { address: string; untilMs: number } | undefined;

  constructor(door: Door, context: Pick<StepContext, 'dns' | 'http' | 'clock' | 'signal'>) {
    this.#door = door;
    this.#context = context;
  }

  /** One request through the public name; a failed one is a result, not an error. */
  async visit(): Promise<ProbeResult> {
    const { http, clock, signal } = this.#context;
    const at = clock.nowMs();
    try {
      const answer = await http.request(
        {
          method: 'POST',
          url: `https://${this.#door.name}${this.#door.path}`,
          address: await this.#resolve(),
          timeoutMs: this.#door.timeoutMs,
        },
        signal,
      );
      const ok = answer.status >= 200 && answer.status < 300;
      const result: ProbeResult = { at, ok, latencyMs: answer.latencyMs };
      if (answer.servedBy) result.servedBy = answer.servedBy;
      if (!ok) result.reason = `status ${answer.status}`;
      return result;
    } catch (error) {
      signal.throwIfAborted();
      return {
        at,
        ok: false,
        latencyMs: clock.nowMs() - at,
        reason: error instanceof Error ? error.name : String(error),
      };
    }
  }

  async #resolve(): Promise<string> {
    const { dns, clock, signal } = this.#context;
    if (this.#cached && clock.nowMs() < this.#cached.untilMs) return this.#cached.address;
    const { addresses, ttlMs } = await dns.resolve(this.#door.name, signal);
    const address = addresses[0] ?? '';
    this.#cached = { address, untilMs: clock.nowMs() + ttlMs };
    return address;
  }
}
