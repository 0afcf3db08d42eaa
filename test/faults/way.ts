import { randomUUID } from 'node:crypto';
import type { Clock } from '../../src/clock/clock.ts';
import { catalogue, type ServedService } from '../../src/server/catalogue.ts';
import { type Received, type Reply, textOf } from '../../src/server/exchange.ts';
import { faultOf } from '../../src/server/fault.ts';
import { protocolOf, serviceByUri } from '../../src/server/protocols/index.ts';
import { Refusal } from '../../src/server/refusal.ts';
import { scopeOf } from '../../src/server/signature.ts';
import { bytes, type Exchange, type Fault, type Seen } from './fault.ts';

/** What a request asks for. */
export interface Asked {
  service: string;
  region: string;
  operation: string;
}

/** Tells what a request asks for, and how its API would refuse it. */
export interface Api {
  asked(request: Received): Asked;
  refuse(request: Received, code: 'throttled' | 'unavailable' | 'internal'): Reply;
}

/** The fault that a call meets, if any; asked once for each call. */
export type Plan = (asked: Asked) => Struck | undefined;

export interface Struck {
  fault: Fault;
  /** Hears that the fault found nothing to strike at. */
  spared?: () => void;
}

/** A call as it went. */
export interface Passed extends Asked {
  request: Received;
  fault?: string;
  /** How often the server did as asked. */
  accepted: number;
}

export type Deliver = (request: Received) => Promise<Reply | undefined>;

/** The way between a client and an API on which faults are played: whatever carries the bytes, the faults are the same. */
export class Way {
  readonly passed: Passed[] = [];
  readonly #api: Api;
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #answers = new Map<string, Reply[]>();
  readonly #told = new Map<string, string>();
  readonly #underway = new Set<Promise<unknown>>();

  constructor({ api, plan, clock }: { api: Api; plan: Plan; clock: Clock }) {
    this.#api = api;
    this.#plan = plan;
    this.#clock = clock;
  }

  /** Sends a request on its way. `gone` fires when the client has given up. */
  async send(request: Received, deliver: Deliver, gone: AbortSignal): Promise<Seen> {
    const asked = this.#api.asked(request);
    const planned = this.#plan(asked);
    const passed: Passed = { ...asked, request, ...(planned && { fault: planned.fault.name }), accepted: 0 };
    this.passed.push(passed);
    const key = `${asked.region} ${asked.service} ${asked.operation} ${request.path} ${request.query} ${textOf(request.body)}`;
    const exchange: Exchange = {
      request,
      clock: this.#clock,
      gone,
      deliver: (other) => {
        const reply = deliver(other ?? request).then((one) => {
          if (other) return one;
          if (one && one.status < 300) passed.accepted += 1;
          if (one) this.#remember(key, one);
          return one;
        });
        this.#follow(reply);
        return reply;
      },
      refuse: (code) => this.#api.refuse(request, code),
      answers: () => this.#answers.get(key) ?? [],
      knows: () => this.#told.get(key) === comparable(this.#answers.get(key)?.at(-1)),
    };
    const seen = await this.#strike(planned?.fault, exchange);
    if (seen.as === 'spared') planned?.spared?.();
    if (seen.as === 'spared' || seen.as === 'reply') this.#told.set(key, comparable(seen.reply));
    return seen;
  }

  /** Resolves when nothing is on its way to the server any more. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  async #strike(fault: Fault | undefined, exchange: Exchange): Promise<Seen> {
    if (fault) return this.#follow(fault.strike(exchange));
    const reply = await exchange.deliver();
    return reply ? { as: 'reply', reply } : { as: 'silence' };
  }

  #remember(key: string, reply: Reply): void {
    const known = this.#answers.get(key) ?? [];
    if (comparable(known.at(-1)) !== comparable(reply)) this.#answers.set(key, [...known.slice(-1), reply]);
  }

  #follow<T>(work: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = work.then(
      () => this.#underway.delete(settled),
      () => this.#underway.delete(settled),
    );
    this.#underway.add(settled);
    return work;
  }
}

/** Two answers are the same that differ in the request's id only. One to HEAD says what it has to say in its status and headers. */
const comparable = (reply: Reply | undefined): string =>
  reply
    ? withoutId(`${reply.status} ${reply.headers.ETag ?? reply.headers.etag ?? ''}\n${bytes(reply).toString('latin1')}`)
    : '';

const withoutId = (text: string): string => text.replace(/<RequestId>[^<]*<\/RequestId>/, '');

/** AWS's own protocols, as the served account knows them. */
export async function awsApi(): Promise<Api> {
  const services = await catalogue();
  const found = (request: Received) => {
    const scope = attempt(() => scopeOf(request));
    const served = scope ? services.get(scope.signingName) : serviceByUri(request, [...services.values()]);
    return { scope, served, protocol: protocolOf(request, served) };
  };
  return {
    asked(request) {
      const { scope, served, protocol } = found(request);
      return {
        service: served?.service ?? '-',
        region: scope?.region ?? '-',
        operation: protocol.operationName(request, served) ?? '-',
      };
    },
    refuse(request, code) {
      const { served, protocol } = found(request);
      return protocol.refuse(refusal(code, served, protocol.errorForm), { request, served, requestId: randomUUID() });
    },
  };
}

function refusal(
  code: Parameters<Api['refuse']>[1],
  served: ServedService | undefined,
  form: 'query' | 'rest-xml' | 's3' | 'json',
) {
  if (code === 'throttled') return faultOf(new Refusal('throttled', 'Rate exceeded'), served, form);
  if (code === 'internal') return faultOf(new Refusal('fault', 'We encountered an internal error.'), served, form);
  const name = form === 'json' ? 'ServiceUnavailableException' : 'ServiceUnavailable';
  return {
    name,
    code: name,
    message: 'Service is unable to handle the request.',
    status: 503,
    type: 'Receiver' as const,
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
