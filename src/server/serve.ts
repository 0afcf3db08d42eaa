import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Clock } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { type Account, type AnsweredCall, answerCall, type ServedWorld } from './answer-call.ts';
import { catalogue } from './catalogue.ts';
import { Chaos, type ChaosChange } from './chaos.ts';
import { control, isControl } from './control.ts';
import type { Received, Reply } from './exchange.ts';
import { foreign } from './foreign.ts';
import { type Address, bodyOf, closed, listening, patience } from './listening.ts';
import type { ServedPorts } from './ports.ts';

export type { AnsweredCall } from './answer-call.ts';
export type { ChaosChange } from './chaos.ts';

export interface ServeOptions {
  world: ServedWorld;
  /** What else of the world answers a live run; nothing, where real servers do. */
  ports?: ServedPorts | undefined;
  listen: Address;
  /** What goes wrong from the start. */
  chaos?: ChaosChange | undefined;
  /** What signatures are compared with; the machine's time by default. */
  clock?: Clock | undefined;
  onCall?: ((call: AnsweredCall) => void) | undefined;
}

export interface SimulatorServer {
  /** For `AWS_ENDPOINT_URL`, without a slash at its end. */
  url: string;
  /** Changes what goes wrong: what is named replaces what was, and all else stays. */
  chaos(change: ChaosChange): void;
  /** Drops every connection, answered or not. */
  close(): Promise<void>;
}

/** More than any object of a drill, its evidence included; anyone who sends more is no client of AWS. */
const OBJECT_MAX = 32 * 1024 * 1024;
const CALL_MAX = 8 * 1024 * 1024;
/** Reading a form takes time, and nobody else is answered meanwhile. */
const FORM_MAX = 1024 * 1024;

/**
 * Serves a simulated account over HTTP, in AWS's own protocols, to any client of AWS.
 * Rejects with a `DrillError` (`cannot-listen`) where the port is not available, and with zod's error for strange chaos.
 */
export async function serve({
  world,
  ports,
  listen,
  chaos: asked = {},
  ...options
}: ServeOptions): Promise<SimulatorServer> {
  const { clock = realClock(), onCall = () => {} } = options;
  const closing = new AbortController();
  // Every call that is on its way listens for the end.
  setMaxListeners(0, closing.signal);
  const chaos = new Chaos();
  chaos.change(asked);
  const account: Account = { world, services: await catalogue(), chaos, clock, closed: closing.signal };

  const server = createServer(patience, async (message, response) => {
    try {
      const why = foreign(message.headers, listen.host);
      if (why !== undefined) return send(response, refused(why), clock);
      const request = await received(message);
      if (!request) return send(response, tooLarge, clock);
      const reply = isControl(request)
        ? await control(request, { world, chaos, ports, signal: goneWith(response, closing.signal) })
        : await answerCall(request, account, onCall);
      // What AWS would never answer hangs until its client gives up.
      if (reply) send(response, reply, clock);
    } catch {
      // The client has gone away, or the server is closing: there is nobody to tell.
      response.destroy();
    }
  });
  return {
    url: await listening(server, listen),
    chaos: (change) => chaos.change(change),
    close() {
      closing.abort();
      return closed(server);
    },
  };
}

/** Fires when the client has gone away before its answer, or the server closes. */
function goneWith(response: ServerResponse, closed: AbortSignal): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, closed]);
}

/** A request with its whole body; `undefined` for one that is too large. */
async function received(message: IncomingMessage): Promise<Received | undefined> {
  const most = mostBytes(message);
  const sent = await bodyOf(message, most);
  const body = sent && unpacked(sent, message, most);
  if (!body) return undefined;
  const [path = '/', query = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const { method = 'GET', headers } = message;
  return { method, path, query: new URLSearchParams(query), headers, body };
}

/** Clients pack what is long for some operations, such as PutMetricData; of an object that is put, it is a header of its own. */
function unpacked(body: Buffer, { method, headers }: IncomingMessage, mostBytes: number): Buffer | undefined {
  if (method !== 'POST' || headers['content-encoding'] !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: mostBytes });
  } catch (error) {
    // What is no gzip, the protocol refuses.
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? undefined : body;
  }
}

function mostBytes({ method, headers }: IncomingMessage): number {
  if (method === 'PUT') return OBJECT_MAX;
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? FORM_MAX : CALL_MAX;
}

function send(response: ServerResponse, { status, headers, body }: Reply, clock: Clock): void {
  // Clients set their clocks by this header.
  const date = new Date(clock.nowMs()).toUTCString();
  // An answer to HEAD tells of a body that it does not have; where there can be none, there is no length.
  const length = [204, 304].includes(status) ? {} : { 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, { ...length, ...headers, Date: date });
  response.end(body);
}

const refused = (why: string): Reply => ({
  status: 403,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' },
  body: `${why}\n`,
});

const tooLarge: Reply = { status: 413, headers: { Connection: 'close' }, body: '' };
