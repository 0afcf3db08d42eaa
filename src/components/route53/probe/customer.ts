import * as z from 'zod';
import { inWords } from '../../../duration.ts';
import type { ProbeResult } from '../../../journal/events.ts';
import type { HttpAnswer } from '../../../ports/network.ts';
import type { StepContext } from '../../../steps/step.ts';

/** The public door as a customer knows it, and what counts as having been served there. */
export const doorParams = z.object({
  /** The name's component. */
  of: z.string(),
  name: z.string(),
  url: z.string(),
  timeoutMs: z.number(),
  success: z
    .object({ status: z.array(z.number()).optional(), body: z.string().optional(), latency: z.number().optional() })
    .optional(),
});
export type Door = z.output<typeof doorParams>;

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
          url: this.#door.url,
          address: await this.#resolve(),
          timeoutMs: this.#door.timeoutMs,
        },
        signal,
      );
      const reason = whyNoSuccess(answer, this.#door.success);
      const result: ProbeResult = { at, ok: reason === undefined, latencyMs: answer.latencyMs };
      if (answer.servedBy) result.servedBy = answer.servedBy;
      if (reason !== undefined) result.reason = reason;
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

/** What keeps an answer from being a success, in words for the journal; nothing where all is well. */
function whyNoSuccess(answer: HttpAnswer, wanted: Door['success']): string | undefined {
  const { status, latencyMs, body } = answer;
  const known = wanted?.status ? wanted.status.includes(status) : status >= 200 && status < 300;
  if (!known) return `status ${status}`;
  if (wanted?.latency !== undefined && latencyMs > wanted.latency) return `slower than ${inWords(wanted.latency)}`;
  if (wanted?.body !== undefined && !body.includes(wanted.body)) return 'another body';
  return undefined;
}
