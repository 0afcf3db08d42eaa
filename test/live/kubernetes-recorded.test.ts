import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { isPassing } from '../../src/errors.ts';
import { liveKubernetes } from '../../src/live/kubernetes.ts';
import { at, DEPLOYMENT, looks } from '../kubernetes/looks.ts';
import type { Exchange, Recorded } from '../kubernetes/recorder.ts';

const { looks: recorded, answers } = JSON.parse(readFileSync('test/live/recorded/kubernetes.json', 'utf8')) as Recorded;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A live port to an API that answers each question as the real one did, in turn, the last for good. */
async function answering(exchanges: readonly Exchange[], anyQuestion?: Exchange) {
  const left = [...exchanges];
  const waitedMs: number[] = [];
  const server = createServer((request, response) => {
    const asked = `${request.method} ${request.url}`;
    const found = anyQuestion ?? left.find((one) => one.asked === asked);
    if (found && left.filter((one) => one.asked === asked).length > 1) left.splice(left.indexOf(found), 1);
    const { status, retryAfter, body } = found ?? { status: 500, body: `nobody asked ${asked}`, retryAfter: undefined };
    const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
    const headers = { 'content-type': type, ...(retryAfter && { 'retry-after': retryAfter }) };
    request
      .resume()
      .on('end', () => response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = Object.assign(Object.create(realClock()) as ReturnType<typeof realClock>, {
    sleep: async (ms: number) => void waitedMs.push(ms),
  });
  const describeCluster = async () => ({ endpoint, certificateAuthority: '' });
  return { kubernetes: liveKubernetes({ describeCluster, token: async () => 'a token', clock }), waitedMs };
}

test.each(looks)('as a real API server answers it: $situation', async ({ situation, act, expected }) => {
  const { kubernetes } = await answering(recorded[situation] ?? []);
  expect(await act(kubernetes)).toEqual(expected);
});

test('a real API server that has too much to do is left alone for as long as it says', async () => {
  const { kubernetes, waitedMs } = await answering(recorded['the API has too much to do'] ?? []);
  await expect(kubernetes.deployment(at('shop'), DEPLOYMENT)).rejects.toMatchObject({ name: 'Throttled' });
  expect(waitedMs).toEqual([1_000, 1_000, 1_000, 1_000]);
});

test.each([
  ['a list whose revision was forgotten', 'expired'],
  ['an object that somebody else changes all the time', 'conflict'],
])('a real API server’s words for %s say only that it is worth another try', async (_, answer) => {
  const { kubernetes } = await answering([], answers[answer]);
  const error = await kubernetes.scale(at('shop'), DEPLOYMENT, 3).catch((failure: unknown) => failure);
  expect([isPassing(error), (error as Error).name]).toEqual([true, 'Unavailable']);
});
