import { Readable } from 'node:stream';
import { loadService } from '../../src/aws/services/load.ts';
import type { Clock } from '../../src/clock/clock.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { ANSWER_MS, type LiveTransport, liveTransport } from '../../src/live/transport.ts';
import { answerCall } from '../../src/server/answer-call.ts';
import { catalogue } from '../../src/server/catalogue.ts';
import { Chaos } from '../../src/server/chaos.ts';
import type { Received, Reply } from '../../src/server/exchange.ts';
import type { SimulatedWorld } from '../../src/simulator/simulate.ts';
import { bytes, type Seen } from './fault.ts';
import type { Way } from './way.ts';

/** What the SDK gives its handler. */
interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array | Readable;
}
interface SdkResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: Readable;
}
interface HandlerOptions {
  abortSignal?: AbortSignal;
  requestTimeout?: number;
}

/** Loads the SDK's clients and gives them credentials; that takes real time, so it comes before virtual time starts. */
export async function sdkReady(): Promise<void> {
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  await Promise.all(Object.values(loadService).map((load) => load()));
}

export interface WireOptions {
  world: SimulatedWorld;
  clock: Clock;
  way: Way;
  /** Where a session is tried. */
  region: string;
}

export interface VirtualWire {
  transport: LiveTransport;
  chaos: Chaos;
  still: Standstill;
}

/**
 * A live run's own way to AWS in virtual time: the SDK's clients write requests and read answers, the served account's protocols read
 * and write the other end, and faults are played between the two. Only the socket is missing.
 */
export async function virtualWire({ world, clock, way, region }: WireOptions): Promise<VirtualWire> {
  const chaos = new Chaos();
  const still = new Standstill(clock);
  const account = {
    world,
    services: await catalogue(),
    chaos,
    // Signatures are of real time.
    clock: { ...realClock(), sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal) },
    closed: new AbortController().signal,
  };
  const deliver = (request: Received) => answerCall(request, account, () => {});
  const handler = {
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
    async handle(request: SdkRequest, { abortSignal, requestTimeout = ANSWER_MS }: HandlerOptions = {}) {
      const received = await asReceived(request);
      still.release();
      try {
        return { response: await answered(way, received, deliver, { clock, still, abortSignal, requestTimeout }) };
      } finally {
        still.hold();
      }
    },
  };
  const transport = await liveTransport(clock, { region, handler });
  return {
    chaos,
    still,
    transport: {
      ...transport,
      renew: () => still.during(transport.renew),
      send: (...call) => still.during(() => transport.send(...call)),
    },
  };
}

/** Keeps virtual time where it is while someone works in real time, as the SDK does between a call and its request. */
export class Standstill {
  readonly #clock: Clock;
  #held = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hold(): void {
    this.#held += 1;
    if (this.#held === 1) this.#stay();
  }

  release(): void {
    this.#held -= 1;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.hold();
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  /** Time cannot pass what is due at once. */
  #stay(): void {
    this.#clock.setTimeout(() => {
      if (this.#held > 0) this.#stay();
    }, 0);
  }
}

interface Patience {
  clock: Clock;
  still: Standstill;
  abortSignal: AbortSignal | undefined;
  requestTimeout: number;
}

/** What the SDK's own handler would make of it, error for error. */
export async function answered(
  way: Way,
  request: Received,
  deliver: (request: Received) => Promise<Reply | undefined>,
  { clock, still, abortSignal, requestTimeout }: Patience,
): Promise<SdkResponse> {
  const gone = new AbortController();
  const givenUp = new Promise<never>((_, reject) => {
    const timer = clock.setTimeout(() => {
      gone.abort();
      reject(
        Object.assign(new Error('a request has exceeded the configured requestTimeout'), {
          name: 'TimeoutError',
          code: 'ETIMEDOUT',
        }),
      );
    }, requestTimeout);
    gone.signal.addEventListener('abort', () => {
      clock.clearTimeout(timer);
      abortSignal?.removeEventListener('abort', stop);
    });
    const stop = () => {
      gone.abort();
      reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
    };
    if (abortSignal?.aborted) stop();
    else abortSignal?.addEventListener('abort', stop, { once: true });
  });
  givenUp.catch(() => {});
  const seen = way.send(request, deliver, gone.signal).catch((): Seen => ({ as: 'closed' }));
  const end = await Promise.race([seen.then((one) => (one.as === 'silence' ? givenUp : one)), givenUp]);
  gone.abort();
  if (end.as === 'closed') {
    throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
  }
  const { status, headers } = end.reply;
  const body = bytes(end.reply);
  const length = [204, 304].includes(status) ? {} : { 'content-length': String(body.length) };
  return {
    statusCode: status,
    headers: {
      ...length,
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    },
    body: bodyAs(end.as, body, still),
  };
}

function bodyAs(as: Seen['as'], bytes: Buffer, still: Standstill): Readable {
  if (as === 'cut') return broken(bytes);
  return as === 'stalled' ? stalled(bytes, still) : Readable.from(bytes.length > 0 ? [bytes] : []);
}

/** Anyone who waits for the rest waits in virtual time. */
function stalled(bytes: Buffer, still: Standstill): Readable {
  let isWaiting = false;
  const wait = (waits: boolean) => {
    if (waits === isWaiting) return;
    isWaiting = waits;
    if (waits) still.release();
    else still.hold();
  };
  const halves = [bytes.subarray(0, Math.floor(bytes.length / 2))].filter(({ length }) => length > 0);
  return new Readable({
    read() {
      const half = halves.pop();
      if (half) this.push(half);
      else wait(true);
    },
    destroy(error, done) {
      wait(false);
      done(error);
    },
  });
}

/** As node has it when the connection goes in the middle of a body. */
function broken(bytes: Buffer): Readable {
  return Readable.from(
    (async function* () {
      yield bytes.subarray(0, Math.floor(bytes.length / 2));
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    })(),
  );
}

async function asReceived({ method, path, query = {}, headers, body }: SdkRequest): Promise<Received> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value ?? '']) search.append(name, one);
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const chunks: Buffer[] = [];
  if (body instanceof Readable) for await (const chunk of body) chunks.push(Buffer.from(chunk));
  else if (typeof body === 'string') chunks.push(Buffer.from(body));
  else if (body) chunks.push(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  return { method, path, query: search, headers: lower, body: Buffer.concat(chunks) };
}
