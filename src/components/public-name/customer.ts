import * as z from 'zod';
import { answerOf, led, type Waiting } from '../../clock/waiting.ts';
import { inWords } from '../../duration.ts';
import type { ProbeResult, UsedAnswer } from '../../journal/events.ts';
import type { DnsAnswer, HttpAnswer } from '../../ports/network.ts';
import type { StepContext } from '../../steps/step.ts';

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

type Surroundings = Pick<StepContext, 'dns' | 'http' | 'clock' | 'signal'>;

/** Of several customers, which one this is. */
interface Place {
  number: number;
  of: number;
}

interface Kept extends DnsAnswer {
  askedMs: number;
  untilMs: number;
}

/** A customer with a resolver cache, which keeps an answer for its TTL and no longer. */
export class Customer {
  readonly #door: Door;
  readonly #context: Surroundings;
  readonly #place: Place | undefined;
  readonly #kept = new Map<string, Kept>();

  /** @param place of one of several customers, whose caches run out one after another */
  constructor(door: Door, context: Surroundings, place?: Place) {
    this.#door = door;
    this.#context = context;
    this.#place = place;
  }

  /** One request through the public name; a failed one is a result, not an error. */
  visit(): Promise<ProbeResult> {
    return led(this.visiting(), this.#context.clock, this.#context.signal);
  }

  /** The same for a caller that leads it. */
  *visiting(): Waiting<ProbeResult> {
    const { http, clock, signal } = this.#context;
    const at = clock.nowMs();
    let used: UsedAnswer | undefined;
    try {
      used = yield* this.#resolve();
      const answer = yield* answerOf(
        http.request,
        { method: 'POST', url: this.#door.url, address: used.address, timeoutMs: this.#door.timeoutMs },
        signal,
      );
      const reason = whyNoSuccess(answer, this.#door.success);
      const result: ProbeResult = { at, ok: reason === undefined, latencyMs: answer.latencyMs, answer: used };
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
        ...(used && { answer: used }),
      };
    }
  }

  /** Where the public name leads. What stands on record is the name's own answer, as that is what a drill changes. */
  *#resolve(): Waiting<UsedAnswer> {
    const { alias, addresses: own, askedMs, ttlMs, sharedForMs } = yield* this.#answerTo(this.#door.name);
    const { addresses } = alias === undefined ? { addresses: own } : yield* this.#answerTo(alias);
    return { address: addresses[0] ?? '', askedMs, ttlMs, ...(sharedForMs !== undefined && { sharedForMs }) };
  }

  *#answerTo(name: string): Waiting<Kept> {
    const { dns, clock, signal } = this.#context;
    const place = this.#place;
    const known = this.#kept.get(name);
    if (known && clock.nowMs() < known.untilMs) return known;
    const answer = yield* answerOf(dns.resolve, name, signal, place?.number);
    const askedMs = clock.nowMs();
    const keptMs = place ? untilOwnTurnMs(askedMs, answer.ttlMs, place) : answer.ttlMs;
    const kept = { ...answer, askedMs, untilMs: askedMs + keptMs };
    this.#kept.set(name, kept);
    return kept;
  }
}

/**
 * How long until a customer's cache runs out. Each has its turn once in a TTL, at equal distances from the others'. The turns are fixed to
 * the clock: a run that is resumed, or a record whose TTL changes, spreads its customers in the same way.
 */
function untilOwnTurnMs(nowMs: number, ttlMs: number, { number, of }: Place): number {
  if (ttlMs === 0) return 0;
  const sinceTurnMs = (nowMs - (number * ttlMs) / of) % ttlMs;
  return ttlMs - (sinceTurnMs < 0 ? sinceTurnMs + ttlMs : sinceTurnMs);
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
