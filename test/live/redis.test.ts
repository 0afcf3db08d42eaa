import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { isPassing } from '../../src/errors.ts';
import { liveRedis } from '../../src/live/redis.ts';
import { certify, makeAuthority } from '../lab/servers/certificate.ts';

const LIMIT = { timeoutMs: 2_000 };
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  vi.unstubAllEnvs();
});

/** A server that speaks Redis's protocol as far as a drill does; `answer` gives what it says to a command, or nothing. */
async function served(answer: (command: string[]) => string | undefined, tls?: { key: Buffer; cert: Buffer }) {
  const speak = (socket: Socket) => {
    sockets.push(socket);
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes;
      for (let one = commandIn(received); one; one = commandIn(received)) {
        received = received.slice(one.length);
        const said = answer(one.words);
        if (said !== undefined) socket.write(said);
      }
    });
    socket.on('error', () => {});
  };
  const server = tls ? createTlsServer(tls, speak) : createServer(speak);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    region: 'ap-east-2',
    group: 'shop-cache',
    host: tls ? 'localhost' : '127.0.0.1',
    port,
    tls: tls !== undefined,
  };
}

/** A certificate for `localhost`, as files of its own. */
async function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  await certify(await makeAuthority(), ['localhost'], folder);
  const [key, cert] = ['server.key', 'server.crt'].map((file) => readFileSync(join(folder, file))) as [Buffer, Buffer];
  rmSync(folder, { recursive: true });
  return { key, cert };
}

/** The first whole command: an array of texts, each with its length. */
function commandIn(text: string): { words: string[]; length: number } | undefined {
  const count = /^\*(\d+)\r\n/.exec(text);
  if (!count) return undefined;
  const words: string[] = [];
  let at = count[0].length;
  while (words.length < Number(count[1])) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!size) return undefined;
    const from = at + size[0].length;
    if (text.length < from + Number(size[1]) + 2) return undefined;
    words.push(text.slice(from, from + Number(size[1])));
    at = from + Number(size[1]) + 2;
  }
  return { words, length: at };
}

test('a key is set with its time to live and read again, after logging in', async () => {
  const held = new Map<string, string>();
  const heard: string[] = [];
  const at = await served(([name = '', key = '', value = '', ...more]) => {
    heard.push([name, key, ...(name === 'SET' ? more : [value])].join(' ').trim());
    if (name === 'SET') held.set(key, value);
    if (name !== 'GET') return '+OK\r\n';
    return held.has(key) ? `$${held.get(key)?.length}\r\n${held.get(key)}\r\n` : '$-1\r\n';
  });
  const redis = liveRedis({
    clock: realClock(),
    login: { user: 'drill', password: async () => 'hunter2' },
    readOnly: false,
  });
  await redis.write(at, 'dr-drill:a', '17', { ...LIMIT, lastsMs: 60_000 });
  expect(await redis.read(at, 'dr-drill:a', LIMIT)).toBe('17');
  expect(await redis.read(at, 'dr-drill:b', LIMIT)).toBeNull();
  expect(heard).toContain('AUTH drill hunter2');
  expect(heard).toContain('SET dr-drill:a PX 60000');
});

test('only a refusal to write is called read-only, and no password is said', async () => {
  const redis = (password = 'hunter2') =>
    liveRedis({ clock: realClock(), login: { user: 'drill', password: async () => password }, readOnly: false });
  const write = (at: Awaited<ReturnType<typeof served>>, limit = LIMIT) =>
    redis().write(at, 'k', 'v', { ...limit, lastsMs: 1_000 });
  const replica = await served(([name]) =>
    name === 'SET' ? "-READONLY You can't write against a read only replica.\r\n" : '+OK\r\n',
  );
  await expect(write(replica)).rejects.toMatchObject({ name: 'ReadOnly' });
  const strict = await served(([name]) =>
    name === 'AUTH' ? '-WRONGPASS invalid username-password pair or user is disabled.\r\n' : '+OK\r\n',
  );
  const error = await write(strict).catch((refused: Error) => refused);
  expect(error).toMatchObject({ name: 'LoginFailed' });
  expect(String(error)).not.toContain('hunter2');
  const full = await served(([name]) => (name === 'SET' ? '-OOM command not allowed\r\n' : '+OK\r\n'));
  await expect(write(full)).rejects.toMatchObject({ name: 'CommandFailed' });
  expect(isPassing(await write(full).catch((refused: Error) => refused))).toBe(false);
  const silent = await served(() => undefined);
  await expect(write(silent, { timeoutMs: 50 })).rejects.toMatchObject({ name: 'ConnectionFailed' });
  await expect(write({ ...silent, port: 1 })).rejects.toMatchObject({ name: 'ConnectionFailed' });
});

test.each([
  'LOADING Redis is loading the dataset in memory',
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  'CLUSTERDOWN Hash slot not served',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'ERR max number of clients reached',
])('a cache that has no time just now passes: %s', async (said) => {
  const at = await served(([name]) => (name === 'SET' ? `-${said}\r\n` : '+OK\r\n'));
  const redis = liveRedis({ clock: realClock(), readOnly: false });
  const error = await redis.write(at, 'k', 'v', { ...LIMIT, lastsMs: 1_000 }).catch((refused: Error) => refused);
  expect(error).toMatchObject({ name: 'Unavailable' });
  expect(isPassing(error)).toBe(true);
});

test('a connection that breaks in the middle, or a command that nobody answers, passes, and proves nothing', async () => {
  const redis = liveRedis({ clock: realClock(), readOnly: false });
  const breaking = await served(([name]) => {
    if (name !== 'SET') return '+OK\r\n';
    for (const socket of sockets) socket.resetAndDestroy();
    return undefined;
  });
  const silent = await served(([name]) => (name === 'SET' ? undefined : '+OK\r\n'));
  for (const [at, name] of [
    [breaking, 'Unavailable'],
    [silent, 'Timeout'],
  ] as const) {
    const write = redis.write(at, 'k', 'v', { timeoutMs: 2_000, lastsMs: 1_000 });
    const error = await write.catch((refused: Error) => refused);
    expect(error).toMatchObject({ name });
    expect(isPassing(error)).toBe(true);
  }
});

describe.each(['TCP', 'TLS'])('over %s', (way) => {
  const over = async (answer: (command: string[]) => string | undefined) => {
    // Node reads the certificates that it trusts only once.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    return served(answer, way === 'TLS' ? await certificate() : undefined);
  };

  test('an answer without end is cut off at a limit, and passes', async () => {
    const at = await over(([name]) => {
      if (name !== 'GET') return '+OK\r\n';
      const socket = sockets.at(-1) as Socket;
      const part = Buffer.alloc(1024 * 1024, 'x');
      const send = () => {
        while (!socket.destroyed && socket.write(part));
        socket.once('drain', send);
      };
      send();
      return '$2000000000\r\n';
    });
    const redis = liveRedis({ clock: realClock(), readOnly: false });
    const error = await redis.read(at, 'k', { timeoutMs: 30_000 }).catch((refused: Error) => refused);
    expect(error).toMatchObject({ name: 'Unreadable', message: expect.stringContaining('more than 64 MiB') });
    expect(isPassing(error)).toBe(true);
  });

  test('a key is set and read again, and a cache that is not there is told', async () => {
    const at = await over(([name]) => (name === 'GET' ? '$2\r\n17\r\n' : '+OK\r\n'));
    const redis = liveRedis({ clock: realClock(), readOnly: false });
    await redis.write(at, 'k', '17', { ...LIMIT, lastsMs: 1_000 });
    expect(await redis.read(at, 'k', LIMIT)).toBe('17');
    await expect(redis.read({ ...at, port: 1 }, 'k', LIMIT)).rejects.toMatchObject({ name: 'ConnectionFailed' });
  });
});

test('a password that was rotated during the run is read anew, once', async () => {
  const at = await served(([name, , password]) =>
    name === 'AUTH' && password !== 'new' ? '-WRONGPASS invalid username-password pair\r\n' : '+OK\r\n',
  );
  const password = async (_: object, { anew = false } = {}) => (anew ? 'new' : 'old');
  const redis = liveRedis({ clock: realClock(), login: { user: 'drill', password }, readOnly: false });
  await redis.write(at, 'k', 'v', { ...LIMIT, lastsMs: 1_000 });
});

test('a password that was rotated and is not in its secret yet is asked for again', async () => {
  let accepted = 'old';
  const at = await served(([name, , password]) =>
    name === 'AUTH' && password !== accepted ? '-WRONGPASS invalid username-password pair\r\n' : '+OK\r\n',
  );
  const redis = liveRedis({
    clock: realClock(),
    login: { user: 'drill', password: async () => 'old' },
    readOnly: false,
  });
  const write = () => redis.write(at, 'k', 'v', { ...LIMIT, lastsMs: 1_000 });
  await write();
  accepted = 'new';
  const error = await write().catch((refused: Error) => refused);
  expect(error).toMatchObject({ name: 'LoginRefused' });
  expect(isPassing(error)).toBe(true);
});

test('a cache whose certificate is not trusted is a mistake in the set-up, and proves nothing', async () => {
  const at = await served(() => '+OK\r\n', await certificate());
  const redis = liveRedis({ clock: realClock(), readOnly: false });
  await expect(redis.read(at, 'k', LIMIT)).rejects.toMatchObject({ code: 'tls-failed' });
});

test('a run that only reads writes nothing', async () => {
  const heard: string[] = [];
  const at = await served(([name = '']) => {
    heard.push(name);
    return '+OK\r\n';
  });
  const redis = liveRedis({ clock: realClock(), readOnly: true });
  await expect(redis.write(at, 'k', 'v', { ...LIMIT, lastsMs: 1_000 })).rejects.toMatchObject({ code: 'read-only' });
  expect(heard).toEqual([]);
});
