import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { chainOfCredentials } from '../../src/live/credentials.ts';
import { awsHome } from '../cli/sign-in.ts';

const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** What answers to every request; `endless` sends for as long as someone reads. */
async function answering(said: string | 'endless') {
  let sent = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.on('error', () => {});
    if (request.method === 'PUT') return void response.end('token');
    if (request.url?.endsWith('/security-credentials/')) return void response.end('machine');
    if (said !== 'endless') return void response.end(said);
    const part = Buffer.alloc(64 * 1024, 'x');
    const send = () => {
      do sent += part.length;
      while (!response.destroyed && response.write(part));
      response.once('drain', send);
    };
    send();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent: () => sent };
}

const given = JSON.stringify({
  Code: 'Success',
  AccessKeyId: 'AKIA',
  SecretAccessKey: 'key-of-no-account',
  Token: 'token-of-no-account',
  Expiration: '2099-01-01T00:00:00Z',
});

const endpoints = {
  container: (url: string) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/role` }),
  machine: (url: string) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url, AWS_EC2_METADATA_DISABLED: 'false' }),
};

function chainAt(kind: keyof typeof endpoints, url: string) {
  const { env } = awsHome('');
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ ...env, ...endpoints[kind](url) })) vi.stubEnv(name, value);
  return chainOfCredentials({ clock: realClock(), region: 'ap-northeast-1', clients: {} });
}

test.each(['container', 'machine'] as const)('credentials of a %s are taken', async (kind) => {
  const { url } = await answering(given);
  expect((await chainAt(kind, url).get()).accessKeyId).toBe('AKIA');
});

test.each(['container', 'machine'] as const)('an answer of a %s without end is cut off, in words', async (kind) => {
  const { url, sent } = await answering('endless');
  await expect(chainAt(kind, url).get()).rejects.toMatchObject({
    name: 'NoSession',
    message: expect.stringContaining('it says more than any credentials'),
  });
  // What a connection's buffers hold comes on top of it.
  expect(sent()).toBeLessThan(50_000_000);
});
