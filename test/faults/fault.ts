import type { Clock } from '../../src/clock/clock.ts';
import type { Received, Reply } from '../../src/server/exchange.ts';

/** What a client gets to see of its request. */
export type Seen =
  | { as: 'reply'; reply: Reply }
  /** The head and half of the body; then the connection breaks. */
  | { as: 'cut'; reply: Reply }
  /** The same; then nothing, and the connection stays. */
  | { as: 'stalled'; reply: Reply }
  /** The connection closes without an answer. */
  | { as: 'closed' }
  /** Nothing, until the client gives up. */
  | { as: 'silence' }
  /** There was nothing to strike at: the answer as it is, and a later call is struck. */
  | { as: 'spared'; reply: Reply };

/** One request on its way, as a fault has it in hand. */
export interface Exchange {
  request: Received;
  clock: Clock;
  /** Hands the request, or someone else's, to the server; `undefined` where the server never answers. */
  deliver(other?: Received): Promise<Reply | undefined>;
  /** An error in the words of the service's own protocol. */
  refuse(code: 'throttled' | 'unavailable' | 'internal'): Reply;
  /** What the server had to say to the same request so far, without repetitions, the newest last. */
  answers(): readonly Reply[];
  /** Whether the client has been told the newest of them. */
  knows(): boolean;
  /** Fires when the client has given up. */
  gone: AbortSignal;
}

export interface Fault {
  name: string;
  /** Whether the request reaches the server. */
  delivers: boolean;
  /** Strikes so long, from the first call that it strikes; otherwise so many calls as the test says. */
  forMs?: number;
  strike(exchange: Exchange): Promise<Seen>;
  /** It never comes twice in a row. */
  once?: true;
  /** Only a change can tell it from the previous one it in the list: whether the request was carried out is the whole difference. */
  forChanges?: true;
}

const SECOND = 1_000;

const seen = (reply: Reply | undefined): Seen => (reply ? { as: 'reply', reply } : { as: 'silence' });

/** The server's answer, and what becomes of it on the way back. */
const onTheWayBack = (name: string, change: (reply: Reply) => Seen): Fault => ({
  name,
  delivers: true,
  async strike({ deliver }) {
    const reply = await deliver();
    return reply ? change(reply) : { as: 'silence' };
  },
});

/** Someone else's answer, once instead of the server's and once after the server has done as asked. */
const instead = (name: string, answer: (exchange: Exchange) => Reply): Fault[] => [
  { name, delivers: false, strike: async (exchange) => seen(answer(exchange)) },
  {
    name: `${name}, but done`,
    delivers: true,
    forChanges: true,
    async strike(exchange) {
      await exchange.deliver();
      return seen(answer(exchange));
    },
  },
];

const page = (status: number, title: string) => (): Reply => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html>\n<html><head><title>${status} ${title}</title></head><body><h1>${title}</h1></body></html>\n`,
});

/** The SDK's own codecs write bytes that pass for a string. */
export const bytes = ({ body }: Reply): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
const firstHalf = (reply: Reply): Buffer => bytes(reply).subarray(0, Math.floor(bytes(reply).length / 2));

/** As a broken cache or a bad line leaves it: no parser makes sense of it. */
const garbled = (reply: Reply): Buffer => bytes(reply).map((byte, at) => (at % 3 === 0 ? byte ^ 0x55 : byte)) as Buffer;

/** Accepted, and nothing passes; the request is delivered late, to nobody. */
const halfOpen = (until: string, arrival: (exchange: Exchange) => Promise<unknown>): Fault => ({
  name: `half-open for 60 s, ${until}`,
  delivers: true,
  forMs: 60 * SECOND,
  async strike(exchange) {
    // The one who asked is told nothing, and what comes of it no longer concerns this call.
    void arrival(exchange)
      .then(() => exchange.deliver())
      .catch(() => {});
    return { as: 'silence' };
  },
});

const clientGone = ({ gone }: Exchange): Promise<void> =>
  new Promise((resolve) => {
    if (gone.aborted) resolve();
    else gone.addEventListener('abort', () => resolve(), { once: true });
  });

/** The answer before the last change. */
const stale = (name: string, applies: (exchange: Exchange) => boolean): Fault => ({
  name,
  delivers: true,
  once: true,
  async strike(exchange) {
    const isFor = applies(exchange);
    const reply = await exchange.deliver();
    const old = exchange.answers().at(-2);
    if (old && isFor) return { as: 'reply', reply: old };
    return reply ? { as: 'spared', reply } : { as: 'silence' };
  },
});

/** What goes wrong between a client and an HTTP API. */
export const faults: readonly Fault[] = [
  onTheWayBack('answer lost', () => ({ as: 'closed' })),
  { name: 'request lost', delivers: false, forChanges: true, strike: async () => ({ as: 'closed' }) },
  onTheWayBack('answer never comes', () => ({ as: 'silence' })),
  onTheWayBack('cut mid-body', (reply) => ({ as: 'cut', reply })),
  onTheWayBack('stalled mid-body', (reply) => ({ as: 'stalled', reply })),
  onTheWayBack('truncated', (reply) => seen({ ...reply, body: firstHalf(reply) })),
  onTheWayBack('garbled', (reply) => seen({ ...reply, body: garbled(reply) })),
  ...instead('HTML 500', page(500, 'Internal Server Error')),
  ...instead('HTML 403 of a proxy', page(403, 'Forbidden by policy')).slice(0, 1),
  ...instead('HTML 407 of a proxy', page(407, 'Proxy Authentication Required')).slice(0, 1),
  ...instead('503', ({ refuse }) => refuse('unavailable')),
  ...instead('500', ({ refuse }) => refuse('internal')),
  {
    name: 'throttled for 30 s',
    delivers: false,
    forMs: 30 * SECOND,
    strike: async ({ refuse }) => seen(refuse('throttled')),
  },
  {
    name: 'delivered twice',
    delivers: true,
    async strike({ deliver }) {
      await deliver();
      return seen(await deliver());
    },
  },
  {
    name: '2 s late',
    delivers: true,
    async strike({ deliver, clock, gone }) {
      const reply = await deliver();
      await clock.sleep(2 * SECOND, gone);
      return seen(reply);
    },
  },
  halfOpen('arriving as the client gives up', clientGone),
  { ...halfOpen('arriving at the end', ({ clock }) => clock.sleep(60 * SECOND)), forChanges: true },
  stale('stale once', () => true),
  stale('stale once, after the news', ({ knows }) => knows()),
];
