import * as z from 'zod';
import { AT_REST } from '../../clock/clock.ts';
import { lead, led, type Waiting } from '../../clock/waiting.ts';
import type { ProbeResult } from '../../journal/events.ts';
import { stretchesOf } from '../../journal/probes.ts';
import type { StepContext } from '../../steps/step.ts';
import { Customer, doorParams } from './customer.ts';

export const customersParams = doorParams.extend({ everyMs: z.number(), customers: z.int() });

/** As long as nothing changes, the journal gets one line for so many requests of each customer. */
const ROUNDS_PER_LINE = 10;

/**
 * Several customers visit the public door at a fixed rate until they are stopped, each visit on its own time. Their requests are spread over
 * the interval, and their resolver caches over the TTL.
 */
export async function watchCustomers(params: z.output<typeof customersParams>, context: StepContext): Promise<void> {
  const { clock, signal, record } = context;
  const { of, everyMs, customers: count } = params;
  const customers = Array.from({ length: count }, (_, number) => new Watched(number, count, params, context));
  const flush = () => {
    const stretches = customers.flatMap((customer) => customer.takeStretches(everyMs));
    if (stretches.length > 0) record({ type: 'customers-probed', of, everyMs, customers: count, stretches });
  };
  let underway = 0;
  let noneUnderway = () => {};
  const ended = () => {
    underway -= 1;
    if (underway === 0) noneUnderway();
    return AT_REST;
  };
  function* visits(): Waiting<never> {
    let dueMs = clock.nowMs();
    for (let visit = 1; ; visit += 1) {
      underway += 1;
      (customers[(visit - 1) % count] as Watched).visit(ended);
      // A process that stood still sends nothing late.
      dueMs = Math.max(dueMs, clock.nowMs() - everyMs) + everyMs / count;
      yield Math.max(0, dueMs - clock.nowMs());
      const isRoundOver = visit % count === 0;
      const isLineFull = visit % (count * ROUNDS_PER_LINE) === 0;
      if (!isLineFull && !(isRoundOver && customers.some(({ turned }) => turned))) continue;
      flush();
      // Who waits for what is in the journal goes on first.
      yield settled;
    }
  }
  try {
    await led(visits(), clock, signal);
  } finally {
    if (underway > 0)
      await new Promise<void>((resolve) => {
        noneUnderway = resolve;
      });
    flush();
  }
}

const settled = Promise.resolve();

/** A customer, and what it met that is not journalled yet. */
class Watched {
  /** Whether a request ended otherwise than the previous one. */
  turned = false;
  readonly #customer: Customer;
  readonly #context: StepContext;
  readonly #number: number;
  /** In the order of sending, with those that are under way. */
  #sent: { result?: ProbeResult }[] = [];
  #wasServed: boolean | undefined;
  /** Of the last request that is journalled. */
  #told: { ok?: boolean; address?: string | undefined } = {};

  constructor(number: number, of: number, door: z.output<typeof doorParams>, context: StepContext) {
    this.#customer = new Customer(door, context, { number, of });
    this.#context = context;
    this.#number = number;
  }

  /** Sends one request, and tells when it has ended. */
  visit(ended: () => unknown): void {
    const { clock, signal } = this.#context;
    const one: { result?: ProbeResult } = {};
    this.#sent.push(one);
    lead(this.#customer.visiting(), clock, signal, {
      done: (result) => {
        one.result = result;
        if (this.#wasServed !== undefined && this.#wasServed !== result.ok) this.turned = true;
        this.#wasServed = result.ok;
        return ended();
      },
      failed: () => {
        this.#sent = this.#sent.filter((other) => other !== one);
        return ended();
      },
    });
  }

  /** What has ended, up to the first request that has not. */
  takeStretches(everyMs: number) {
    const open = this.#sent.findIndex(({ result }) => result === undefined);
    const ended = this.#sent.splice(0, open === -1 ? this.#sent.length : open);
    this.turned = false;
    const results = ended.flatMap(({ result }) => (result ? [this.#asTold(result)] : []));
    return stretchesOf(this.#number, results, everyMs);
  }

  /** An answer of DNS is in the journal once, and again where service came or went with it. */
  #asTold({ answer, ...result }: ProbeResult): ProbeResult {
    const { ok, address } = this.#told;
    this.#told = { ok: result.ok, address: answer?.address ?? address };
    if (!answer || (ok === result.ok && address === answer.address)) return result;
    return { ...result, answer };
  }
}
