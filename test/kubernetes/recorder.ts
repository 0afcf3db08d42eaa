import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, answered, type ControlPlane } from './control-plane.ts';

/** One question to the API, and its answer. */
export interface Exchange {
  asked: string;
  status: number;
  retryAfter?: string;
  body: unknown;
}

/** What a real API server answered. */
export interface Recorded {
  version: string;
  /** By situation, in the order in which it was asked. */
  looks: Record<string, Exchange[]>;
  /** Answers that no drill's question causes on demand, by situation. */
  answers: Record<string, Exchange>;
}

/** Stands before the API and writes down what it answers. */
export async function startRecorder({ endpoint, ca }: ControlPlane) {
  let exchanges: Exchange[] = [];
  const server = createServer(async (asking, response) => {
    const { method = 'GET', url = '/' } = asking;
    const { authorization = '', accept = '', 'content-type': type } = asking.headers;
    const headers = { authorization, accept, ...(type && { 'content-type': type }) };
    const answer = await answered(`${endpoint}${url}`, { method, ca, headers }, await bodyOf(asking));
    exchanges.push(exchange(`${method} ${url}`, answer));
    const { 'content-type': ofType = 'text/plain', 'retry-after': after } = answer.headers;
    response.writeHead(answer.status, { 'content-type': ofType, ...(after && { 'retry-after': after }) });
    response.end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What was asked since the last time. */
    taken(): Exchange[] {
      const all = exchanges;
      exchanges = [];
      return all;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function exchange(asked: string, { status, headers, body }: Answer): Exchange {
  const retryAfter = headers['retry-after'];
  return { asked, status, ...(retryAfter && { retryAfter }), body: trimmed(parsed(body)) };
}

/** Anyone who is turned away at the door is told so in plain text. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Only the kinds that drills ask for, and nothing of who wrote what when. */
function trimmed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(trimmed);
  if (typeof value !== 'object' || value === null) return value;
  const { kind, resources } = value as { kind?: string; resources?: { name: string }[] };
  if (kind === 'APIResourceList')
    return { ...value, resources: resources?.filter(({ name }) => name === 'configmaps') };
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (DROPPED.has(key) ? [] : [[key, trimmed(one)]])),
  );
}

const DROPPED = new Set(['managedFields', 'uid', 'ownerReferences', 'ca.crt']);

async function bodyOf(asking: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of asking.setEncoding('utf8')) body += chunk;
  return body;
}
