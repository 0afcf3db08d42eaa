import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Gate } from './gate.ts';

let echo: Server;
let gate: Gate;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined).pipe(socket));
  await once(echo.listen(0, '127.0.0.1'), 'listening');
  gate = new Gate({ host: '127.0.0.1', port: 0 });
  gate.target = { host: '127.0.0.1', port: (echo.address() as AddressInfo).port };
  await gate.pass();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  gate.close();
  echo.close();
});

/** A client, and all that it has heard. */
async function visit() {
  const socket = connect(gate.address);
  clients.push(socket);
  const visitor = { socket, heard: '', error: '' };
  socket.on('data', (bytes) => {
    visitor.heard += bytes;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    visitor.error = error.code ?? '';
  });
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
  return visitor;
}

test('a gate passes bytes both ways, and the end of them', async () => {
  const visitor = await visit();
  visitor.socket.end('hello');
  await once(visitor.socket, 'close');
  expect(visitor.heard).toBe('hello');
});

test('bytes arrive delayed, whole and in order, however the delay changes', async () => {
  const visitor = await visit();
  const began = performance.now();
  for (const [index, delay] of [200, 100, 0, 50, 0].entries()) {
    gate.delayMs.toServer = delay;
    visitor.socket.write(String(index).repeat(3));
    await sleep(5);
  }
  await expect.poll(() => visitor.heard, { interval: 5 }).toBe('000111222333444');
  expect(performance.now() - began).toBeGreaterThanOrEqual(199);
});

test('much passes through a slow gate', async () => {
  gate.delayMs.toClient = 20;
  const visitor = await visit();
  const size = 40 * 1024 * 1024;
  visitor.socket.end(Buffer.alloc(size, 'x'));
  await once(visitor.socket, 'close');
  expect(visitor.heard.length).toBe(size);
});

test('a gate that refuses resets whom it had, refuses others, and can pass again', async () => {
  const before = await visit();
  gate.refuse();
  await expect.poll(() => before.error).toBe('ECONNRESET');
  expect((await visit()).error).toBe('ECONNREFUSED');

  await gate.pass();

  const after = await visit();
  after.socket.write('again');
  await expect.poll(() => after.heard).toBe('again');
});

test('a black hole says nothing to anybody, and resets them when it is over', async () => {
  const before = await visit();
  await gate.blackhole();
  const during = await visit();
  before.socket.write('lost');
  during.socket.write('lost');
  await sleep(200);
  expect([before, during]).toMatchObject([
    { heard: '', error: '' },
    { heard: '', error: '' },
  ]);

  await gate.pass();

  await expect.poll(() => [before.error, during.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
  expect(before.heard + during.heard).toBe('');
});

test('what is sent during a cut arrives after it, once', async () => {
  const before = await visit();
  const began = performance.now();
  const cut = gate.cut(300);
  const during = await visit();
  before.socket.write('one');
  during.socket.write('two');
  await sleep(150);
  expect(before.heard + during.heard).toBe('');
  await cut;
  await expect.poll(() => [before.heard, during.heard]).toEqual(['one', 'two']);
  expect(performance.now() - began).toBeGreaterThanOrEqual(299);
});

test('of two cuts, the one that ends later counts', async () => {
  const visitor = await visit();
  const longer = gate.cut(400);
  const shorter = gate.cut(100);
  visitor.socket.write('late');
  await shorter;
  await sleep(100);
  expect(visitor.heard).toBe('');
  await longer;
  await expect.poll(() => visitor.heard).toBe('late');
});

test('a cut ends early when the gate refuses or passes', async () => {
  const visitor = await visit();
  void gate.cut(60_000);
  visitor.socket.write('waiting');
  await gate.pass();
  await expect.poll(() => visitor.heard).toBe('waiting');
});

test('a server that hangs up, or is not there, is seen as that', async () => {
  echo.close();
  const visitor = await visit();
  await expect.poll(() => visitor.error).toBe('ECONNRESET');
});
