import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { DrillError } from '../../src/errors.ts';
import type { PasswordSource } from '../../src/live/password.ts';
import { type LiveSqlOptions, liveSql } from '../../src/live/sql.ts';
import { isRefusal } from '../../src/ports/sql.ts';
import { proveWrite } from '../../src/steps/data/heartbeat.ts';

const writer = { region: 'ap-east-2', instance: 'shop-db', name: 'shop' };
const TIME = { timeoutMs: 2_000 };

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that says to each client what it is told to, and counts those who came. */
async function listening(greet: (socket: Socket) => void = () => {}) {
  const sockets = new Set<Socket>();
  let came = 0;
  const server = createServer((socket) => {
    came += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    greet(socket);
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets, came: () => came };
}

const named = (name: string, facts: object = {}) => Object.assign(new Error(`it was ${name}`), { name, ...facts });
const answersWith = (address: string) => ({
  resolve: async () => ({ addresses: [address], ttlMs: 60_000 }),
  authoritative: async () => ({ addresses: [address], ttlMs: 60_000 }),
});

function sql(port: number, other: Partial<LiveSqlOptions> = {}) {
  const made = liveSql({
    locate: async () => ({ host: 'shop-db.example.com', port }),
    login: { user: 'drill', password: { from: 'iam' }, tls: 'off' },
    password: async () => 'open sesame',
    dns: answersWith('127.0.0.1'),
    clock: realClock(),
    readOnly: false,
    ...other,
  });
  closing.push(() => void made.close());
  return made;
}

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('it was answered'),
    (error: Error) => error,
  );

describe('a database that is not there counts as fenced', () => {
  test('nobody listens', async () => {
    const error = await failureOf(sql(9).query(writer, proveWrite, TIME));
    expect([error.name, isRefusal(error)]).toEqual(['ConnectionFailed', true]);
  });

  test('somebody accepts and says nothing', async () => {
    const { port } = await listening();
    const error = await failureOf(sql(port).query(writer, proveWrite, { timeoutMs: 150 }));
    expect([error.name, error.message]).toEqual(['ConnectionFailed', 'shop-db did not answer within 0.15 s.']);
  });

  test.each([
    ['its name is gone', { dns: { ...answersWith(''), resolve: () => Promise.reject(named('NotFound')) } }],
    ['AWS does not know it', { locate: () => Promise.reject(named('DBInstanceNotFoundFault', answered(404))) }],
  ])('%s', async (_, other) => {
    const error = await failureOf(sql(9, other).query(writer, proveWrite, TIME));
    expect(error.name).toBe('ConnectionFailed');
  });
});

const answered = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

describe('what is wrong on our side proves nothing of the database', () => {
  const never = () => new Promise<never>(() => {});
  test.each<[string, Partial<LiveSqlOptions>, string]>([
    ['AWS does not answer in its region', { locate: () => Promise.reject(named('TimeoutError')) }, 'TimeoutError'],
    ['AWS takes too long to say where it is', { locate: never }, 'Timeout'],
    ['AWS does not let us ask', { locate: () => Promise.reject(named('AccessDenied', answered(403))) }, 'AccessDenied'],
    [
      'no resolver answers',
      { dns: { ...answersWith(''), resolve: () => Promise.reject(named('Timeout')) } },
      'Timeout',
    ],
    ['a resolver takes too long', { dns: { ...answersWith(''), resolve: never } }, 'Timeout'],
    [
      'there is no password',
      { password: () => Promise.reject(new DrillError('password-missing', 'none')) },
      'DrillError',
    ],
    ['the password takes too long', { password: never }, 'Timeout'],
  ])('%s', async (_, other, name) => {
    const { port, came } = await listening();
    const error = await failureOf(sql(port, { lookupMs: 200, ...other }).query(writer, proveWrite, TIME));
    expect([error.name, isRefusal(error), came()]).toEqual([name, false, 0]);
  });

  test('the server knows no TLS', async () => {
    const { port } = await listening((socket) => socket.once('data', () => socket.write('N')));
    const login = { user: 'drill', password: { from: 'iam' }, tls: 'require' } as const;
    const error = await failureOf(sql(port, { login }).query(writer, proveWrite, TIME));
    expect(error).toMatchObject({ name: 'TlsFailed', code: 'tls-failed' });
    expect(isRefusal(error)).toBe(false);
  });
});

test('an old address serves on while no resolver answers', async () => {
  let asked = 0;
  const { port, came } = await listening((socket) => socket.destroy());
  const dns = {
    ...answersWith(''),
    resolve: async () => {
      asked += 1;
      if (asked > 1) throw named('Timeout');
      return { addresses: ['127.0.0.1'], ttlMs: 0 };
    },
  };
  const db = sql(port, { dns });
  for (const _ of [1, 2]) {
    expect((await failureOf(db.query(writer, proveWrite, TIME))).name).toBe('ConnectionFailed');
  }
  expect([asked, came()]).toEqual([2, 2]);
});

test('anyone who gives up before the password is there leaves no session behind', async () => {
  const { port, came } = await listening();
  const controller = new AbortController();
  let give: (password: string) => void = () => {};
  const password = () =>
    new Promise<string>((resolve) => {
      give = resolve;
      controller.abort();
    });
  const db = sql(port, { password });
  await expect(db.query(writer, proveWrite, { ...TIME, signal: controller.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  give('open sesame');
  // Another one comes after it, so that it would have come by now.
  await failureOf(sql(port).query(writer, proveWrite, { timeoutMs: 150 }));
  expect(came()).toBe(1);
});

test('after a time-out no socket is left', async () => {
  const { port, sockets } = await listening();
  await failureOf(sql(port).query(writer, proveWrite, { timeoutMs: 100 }));
  await expect.poll(() => sockets.size).toBe(0);
});

describe('a restored database whose login had its password rotated since the backup', () => {
  /** PostgreSQL's side of a login with a password in the clear, as far as that. */
  const knowing = (password: string) => (socket: Socket) => {
    let isIn = false;
    socket.on('data', (bytes) => {
      // Behind the login any statement finds nothing.
      if (isIn) return socket.write(Buffer.concat([message('I', []), message('Z', Buffer.from('I'))]));
      if (bytes[0] !== 0x70) return socket.write(message('R', [0, 0, 0, 3]));
      const given = bytes.subarray(5, -1).toString();
      isIn = given === password;
      if (isIn) return socket.write(Buffer.concat([message('R', [0, 0, 0, 0]), message('Z', Buffer.from('I'))]));
      return socket.end(message('E', Buffer.from('SFATAL\0C28P01\0Mpassword authentication failed\0\0')));
    });
  };
  const message = (type: string, body: Uint8Array | number[]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
  };
  const copy = { ...writer, instance: 'shop-db-copy' };
  const rotating: PasswordSource = async (_, which) => (which?.previous ? 'old' : 'new');
  const login = {
    user: 'drill',
    password: { from: 'secrets-manager', secret: 'shop/db' },
    tls: 'off',
  } as const;
  const opened = async (known: string, isCopy: boolean) => {
    const server = await listening(knowing(known));
    const made = sql(server.port, { login, password: rotating, isCopy: () => isCopy });
    const name = await made.query(copy, proveWrite, TIME).then(
      () => 'answered',
      (error: Error) => error.name,
    );
    return { used: made.passwordUsed?.(copy), name, came: server.came() };
  };

  test('is opened by the former password, and says so', async () => {
    expect(await opened('old', true)).toMatchObject({ used: 'AWSPREVIOUS', name: 'answered', came: 2 });
  });

  test('is opened by the current one where that is enough', async () => {
    expect(await opened('new', true)).toMatchObject({ used: 'AWSCURRENT', name: 'answered', came: 1 });
  });

  test('refuses both where both are newer', async () => {
    expect(await opened('older', true)).toMatchObject({ used: 'neither', name: 'LoginFailed', came: 2 });
  });

  test('is the only kind that is tried with it', async () => {
    expect(await opened('old', false)).toMatchObject({ used: undefined, name: 'LoginFailed', came: 1 });
  });
});
