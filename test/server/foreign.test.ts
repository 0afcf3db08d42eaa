import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { foreign } from '../../src/server/foreign.ts';
import { served } from './server.ts';

const asked = (url: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path: '/_dr-drill/chaos', method, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject);
    sent.end(body);
  });

test('a web page may neither read nor change the account, whatever name led it here', async () => {
  const { url } = await served();
  const { host } = new URL(url);
  expect(await asked(url, {})).toBe(200);
  expect(await asked(url, { origin: url })).toBe(200);
  expect(await asked(url, { origin: 'https://evil.example' })).toBe(403);
  expect(await asked(url, { origin: 'null' })).toBe(403);
  expect(await asked(url, { host: 'evil.example' })).toBe(403);
  expect(await asked(url, { host: `evidence.${host}` })).toBe(200);
  expect(await asked(url, { host: 'rds.eu-west-1.amazonaws.com' })).toBe(200);
});

test('any name will do where others may connect', () => {
  expect(foreign({ host: 'simulator:4566' }, '0.0.0.0')).toBeUndefined();
  expect(foreign({ host: 'simulator:4566' }, '127.0.0.1')).toBeDefined();
});

test('what goes wrong is changed by JSON that says that it is JSON', async () => {
  const { url } = await served();
  const body = '{"denied":["eks:*"]}';
  expect(await asked(url, { 'content-type': 'text/plain' }, 'POST', body)).toBe(415);
  expect(await asked(url, { 'content-type': 'application/json' }, 'POST', body)).toBe(200);
});

test('a call that is too long is refused before it is read', async () => {
  const { url } = await served();
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(await asked(url, form, 'POST', 'a='.repeat(1024 * 1024)).catch(() => 413)).toBe(413);
});

test('a client that sends its headers too slowly is dropped', async () => {
  const { url } = await served();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write('GET / HTTP/1.1\r\n');
  await new Promise((resolve) => socket.on('close', resolve).on('error', resolve).resume());
}, 20_000);
