import { once } from 'node:events';
import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Received, Reply } from '../../src/server/exchange.ts';
import { bytes, type Seen } from './fault.ts';
import type { Way } from './way.ts';

export interface ProxyOptions {
  /** Where the server listens, as `http://127.0.0.1:4566`. */
  target: string;
  way: Way;
  /** For an API that is asked over TLS: what the proxy shows its clients. */
  tls?: { key: string; cert: string };
}

export interface Proxy {
  url: string;
  close(): Promise<void>;
}

/** Stands before an HTTP API and plays faults on real connections. It knows nothing of drills. */
export async function startProxy({ target, way, tls }: ProxyOptions): Promise<Proxy> {
  const serve = async (message: IncomingMessage, response: ServerResponse) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const received = await receive(message);
      show(await way.send(received, (one) => forward(target, one), gone.signal), response);
    } catch {
      response.destroy();
    }
  };
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function show(seen: Seen, response: ServerResponse): void {
  if (seen.as === 'silence') return;
  if (seen.as === 'closed') {
    response.destroy();
    return;
  }
  const { status, headers } = seen.reply;
  const body = bytes(seen.reply);
  const length = [204, 304].includes(status) ? {} : { 'Content-Length': body.length };
  response.writeHead(status, { ...headers, ...length });
  if (seen.as !== 'cut' && seen.as !== 'stalled') {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
    if (seen.as === 'cut') response.destroy();
  });
  // Where there is no half of a body, the head at least has to go out.
  response.flushHeaders();
}

async function receive(message: IncomingMessage): Promise<Received> {
  const [path = '/', query = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const { method = 'GET', headers } = message;
  return { method, path, query: new URLSearchParams(query), headers, body: await bytesOf(message) };
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Headers that belong to one connection. */
const ownHeaders = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect'];

/** `undefined` where the server closes without an answer, as it does for a region that is down when the test ends. */
async function forward(target: string, { method, path, query, headers, body }: Received): Promise<Reply | undefined> {
  const url = new URL(target);
  const search = query.size > 0 ? `?${query}` : '';
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.includes(name)));
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
  const asked = send({
    host: url.hostname,
    port: url.port,
    method,
    path: `${path}${search}`,
    headers: { ...kept, 'content-length': body.byteLength },
    agent: false,
    // The lab's own certificates are for anyone who is behind.
    ...(url.protocol === 'https:' && { rejectUnauthorized: false }),
  });
  asked.end(body);
  try {
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const given = Object.entries(answer.headers).filter(([name]) => !ownHeaders.includes(name));
    return {
      status: answer.statusCode ?? 500,
      headers: Object.fromEntries(given) as Record<string, string>,
      body: await bytesOf(answer),
    };
  } catch {
    return undefined;
  }
}
