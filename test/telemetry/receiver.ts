import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

type Value = { stringValue?: string; boolValue?: boolean; intValue?: number; doubleValue?: number };
type Pair = { key: string; value: Value };

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code?: number; message?: string };
  attributes: Pair[];
  events?: { name: string; attributes?: Pair[] }[];
}

export interface ReceivedMetric {
  name: string;
  unit?: string;
  gauge: { dataPoints: { asDouble?: number; asInt?: number; attributes: Pair[] }[] };
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Listens on this machine for OTLP in JSON, as the protocol has it. */
export async function receiver(answer: (request: IncomingMessage, response: ServerResponse) => void = accepts) {
  const bodies: { path: string; headers: IncomingMessage['headers']; text: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push({ path: request.url ?? '', headers: request.headers, text: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    bodies,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    spans: (): ReceivedSpan[] =>
      bodies.filter(({ path }) => path === '/v1/traces').flatMap(({ text }) => spansIn(text)),
    metrics: (): ReceivedMetric[] =>
      bodies.filter(({ path }) => path === '/v1/metrics').flatMap(({ text }) => metricsIn(text)),
  };
}

const accepts = (_: IncomingMessage, response: ServerResponse) => {
  response.setHeader('content-type', 'application/json');
  response.end('{}');
};

export const spansIn = (text: string): ReceivedSpan[] =>
  ((JSON.parse(text).resourceSpans ?? []) as { scopeSpans: { spans: ReceivedSpan[] }[] }[]).flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  );

export const metricsIn = (text: string): ReceivedMetric[] =>
  ((JSON.parse(text).resourceMetrics ?? []) as { scopeMetrics: { metrics: ReceivedMetric[] }[] }[]).flatMap(
    ({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics),
  );

/** The attributes as plain values. */
export const plain = (pairs: readonly Pair[]): Record<string, unknown> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));

/** The one span that has no parent. */
export function rootOf(spans: readonly ReceivedSpan[]): ReceivedSpan {
  const [root] = spans.filter(({ parentSpanId }) => !parentSpanId);
  if (!root) throw new Error('There is no span without a parent.');
  return root;
}
