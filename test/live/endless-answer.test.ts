import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type Socket, type Server as SocketServer } from 'node:net';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { liveHttp } from '../../src/live/http.ts';
import { connect } from '../../src/live/kubernetes-api.ts';
import { post } from '../../src/live/post.ts';
import { liveSql } from '../../src/live/sql.ts';
import { liveTransport } from '../../src/live/transport.ts';
import { PRIMARY } from '../simulator/world.ts';

const opened: (Server | SocketServer)[] = [];
afterAll(() => {
  for (const server of opened) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'simulated');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key-of-no-account');
});

async function listening<T extends Server | SocketServer>(server: T): Promise<number> {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

const PART = Buffer.alloc(256 * 1024, 'x');

/** Sends for as long as someone reads. */
function forEver(to: ServerResponse | Socket, part: Buffer): void {
  const send = () => {
    while (!to.destroyed && to.write(part));
    to.once('drain', send);
  };
  to.on('error', () => {});
  send();
}

const endless = () =>
  listening(
    createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json', date: new Date().toUTCString() });
      forEver(response, PART);
    }),
  );

const CUT_OFF = /more than 64 MiB/;

test('an HTTP answer without end is cut off, in words', async () => {
  const url = `http://127.0.0.1:${await endless()}/`;
  const asked = liveHttp(realClock()).request({ method: 'GET', url, address: '127.0.0.1', timeoutMs: 30_000 });
  await expect(asked).rejects.toMatchObject({ name: 'Unreadable', message: expect.stringMatching(CUT_OFF) });
});

test('a slow drip ends with the time that it has', async () => {
  const port = await listening(
    createServer((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    }),
  );
  const asked = liveHttp(realClock()).request({
    method: 'GET',
    url: `http://127.0.0.1:${port}/`,
    address: '127.0.0.1',
    timeoutMs: 300,
  });
  await expect(asked).rejects.toMatchObject({ name: 'Timeout' });
});

test.each([
  ['rds', 'DescribeDBInstances', {}],
  ['eks', 'DescribeNodegroup', { clusterName: 'a', nodegroupName: 'b' }],
  ['secretsmanager', 'GetSecretValue', { SecretId: 'a' }],
  ['s3', 'ListObjectVersions', { Bucket: 'bucket' }],
  ['s3', 'GetObject', { Bucket: 'bucket', Key: 'key' }],
  ['lambda', 'Invoke', { FunctionName: 'a' }],
] as const)('an answer of %s %s without end is cut off, in words', async (service, operation, input) => {
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${await endless()}`);
  const transport = await liveTransport(realClock(), { region: PRIMARY });
  await expect(transport.send(service, PRIMARY, operation, input)).rejects.toMatchObject({
    message: expect.stringMatching(CUT_OFF),
  });
});

test('a list of Kubernetes without end is cut off, in words', async () => {
  const endpoint = `http://127.0.0.1:${await endless()}`;
  const { signal } = new AbortController();
  const { core } = await connect({ endpoint, certificateAuthority: '', token: 't', signal, asking: () => {} });
  await expect(core.listNamespacedPod({ namespace: 'shop' })).rejects.toThrow(CUT_OFF);
});

test('a time-stamp without end is cut off, in words', async () => {
  const { signal } = new AbortController();
  const asked = post(`http://127.0.0.1:${await endless()}/`, { headers: {}, body: Buffer.from('x'), signal });
  await expect(asked).rejects.toThrow(CUT_OFF);
});

/** A message of PostgreSQL's protocol. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

test.each([
  ['rows', (socket: Socket) => forEver(socket, message('D', Buffer.concat([Buffer.from([0, 0]), Buffer.alloc(1000)])))],
  [
    'one value',
    (socket: Socket) => {
      const head = Buffer.alloc(5);
      head.write('D');
      head.writeInt32BE(2 ** 31 - 1, 1);
      socket.write(head);
      forEver(socket, PART);
    },
  ],
])('a database that sends %s without end is cut off, in words', async (_, answer) => {
  const port = await listening(
    createSocketServer((socket) => {
      socket.on('error', () => {});
      const asked = () => {
        socket.write(message('T', Buffer.from([0, 0])));
        answer(socket);
      };
      socket.once('data', () => {
        socket.write(Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]));
        socket.once('data', asked);
      });
    }),
  );
  const sql = liveSql({
    clock: realClock(),
    login: { user: 'shop', password: { from: 'environment', variable: 'PGPASSWORD' }, tls: 'off' },
    locate: async () => ({ host: '127.0.0.1', port }),
    password: async () => 'secret',
    dns: { resolve: async () => ({ addresses: ['127.0.0.1'], ttlMs: 1_000 }) },
    readOnly: false,
  } as unknown as Parameters<typeof liveSql>[0]);
  const database = { region: PRIMARY, instance: 'ecommerce-db-primary', name: 'shop' };
  const asked = sql.query(database, { name: 'all', text: 'select 1' }, { timeoutMs: 30_000 });
  await expect(asked).rejects.toThrow(CUT_OFF);
  await sql.close();
});
