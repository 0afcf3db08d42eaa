import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { isPassing, UnknownOutcome } from '../../src/errors.ts';
import { liveSql } from '../../src/live/sql.ts';
import { isRefusal, type Query } from '../../src/ports/sql.ts';
import { isStandby, proveWrite } from '../../src/steps/data/heartbeat.ts';

const writer = { region: 'ap-east-2', instance: 'shop-db', name: 'shop' };
const TIME = { timeoutMs: 1_000 };
const change: Query = { name: 'sql/change', text: 'update prices set cents = cents + 1', changes: true };

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const frame = (type: string, body: Buffer | string): Buffer => {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length + 4);
  return Buffer.concat([Buffer.from(type), length, bytes]);
};
const told = (severity: string, code: string, message: string): Buffer =>
  frame('E', `S${severity}\0V${severity}\0C${code}\0M${message}\0\0`);
const READY = frame('Z', 'I');
const LET_IN = Buffer.concat([frame('R', Buffer.alloc(4)), READY]);
const DONE = Buffer.concat([frame('C', 'UPDATE 1\0'), READY]);

interface Behaviour {
  /** What is said to anyone who comes; `undefined` for a password that is asked for first, and checked. */
  greeting?: (socket: Socket) => void;
  passwords?: string[];
  /** What is said to a statement. */
  answer?: (socket: Socket) => void;
}

/** As much of PostgreSQL as lets someone in, hears a statement, and then does as it is told. */
async function listening({ greeting, passwords, answer }: Behaviour) {
  let heard = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const type = String.fromCharCode(bytes[0] ?? 0);
      if (type === 'p') {
        const password = bytes.subarray(5, -1).toString();
        socket.write(passwords?.includes(password) ? LET_IN : told('FATAL', '28P01', 'password authentication failed'));
      } else if (type === 'Q' || type === 'P') {
        heard += 1;
        answer?.(socket);
      } else if (type === '\0') {
        if (greeting) greeting(socket);
        else if (passwords) socket.write(frame('R', Buffer.from([0, 0, 0, 3])));
        else socket.write(LET_IN);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, heard: () => heard };
}

function sql(port: number, passwords = ['open sesame'], tls: 'off' | 'require' = 'off', clock = realClock()) {
  const asked: boolean[] = [];
  const made = liveSql({
    locate: async () => ({ host: 'shop-db.example.com', port }),
    login: { user: 'drill', password: { from: 'iam' }, tls },
    password: async (_, { anew = false } = {}) => {
      asked.push(anew);
      if (anew && passwords.length > 1) passwords.shift();
      return passwords[0] ?? '';
    },
    dns: {
      resolve: async () => ({ addresses: ['127.0.0.1'], ttlMs: 60_000 }),
      authoritative: async () => ({ addresses: ['127.0.0.1'], ttlMs: 60_000 }),
    },
    clock,
    readOnly: false,
  });
  closing.push(() => void made.close());
  return Object.assign(made, { asked });
}

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('it was answered'),
    (error: Error) => error,
  );
const says = (bytes: Buffer) => (socket: Socket) => void socket.write(bytes);

describe('somebody is there, and has no time just now: that passes, and proves no fence', () => {
  test.each([
    ['53300', 'sorry, too many clients already'],
    ['57P01', 'terminating connection due to administrator command'],
    ['57P03', 'the database system is starting up'],
    ['57P03', 'the database system is in recovery mode'],
    ['08006', 'connection failure'],
    ['58030', 'could not read block 7: Input/output error'],
  ])('%s: %s', async (code, message) => {
    const { port } = await listening({ greeting: says(told('FATAL', code, message)) });
    const error = await failureOf(sql(port).query(writer, proveWrite, TIME));
    expect([error.name, isPassing(error), isRefusal(error)]).toEqual(['Unavailable', true, false]);
    expect(error.message).toContain(message);
  });

  test.each([
    ['40001', 'canceling statement due to conflict with recovery'],
    ['40P01', 'deadlock detected'],
    ['57014', 'canceling statement due to user request'],
    ['55P03', 'canceling statement due to lock timeout'],
    ['25P03', 'terminating connection due to idle-in-transaction timeout'],
  ])('in the middle of a statement, %s: %s', async (code, message) => {
    const { port } = await listening({ answer: says(Buffer.concat([told('ERROR', code, message), READY])) });
    const error = await failureOf(sql(port).query(writer, isStandby, TIME));
    expect([error.name, isPassing(error), isRefusal(error)]).toEqual(['Unavailable', true, false]);
  });

  test('a connection that breaks once PostgreSQL has spoken', async () => {
    const { port } = await listening({ answer: (socket) => socket.resetAndDestroy() });
    const error = await failureOf(sql(port).query(writer, proveWrite, TIME));
    expect([isPassing(error), isRefusal(error)]).toEqual([true, false]);
  });

  test('an answer that is cut off, and a statement that nobody answers', async () => {
    for (const answer of [
      (socket: Socket) => void socket.end(told('ERROR', '42P01', 'cut').subarray(0, 9)),
      () => {},
    ]) {
      const { port } = await listening({ answer });
      const error = await failureOf(sql(port).query(writer, proveWrite, { timeoutMs: 300 }));
      expect([isPassing(error), isRefusal(error)]).toEqual([true, false]);
    }
  });

  test('something that is no PostgreSQL, with and without TLS', async () => {
    for (const tls of ['off', 'require'] as const) {
      const garbage = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      garbage.listen(0, '127.0.0.1');
      await once(garbage, 'listening');
      closing.push(() => garbage.close());
      const { port } = garbage.address() as AddressInfo;
      const error = await failureOf(sql(port, [''], tls).query(writer, proveWrite, TIME));
      expect([isPassing(error), isRefusal(error)], error.message).toEqual([true, false]);
    }
  });
});

describe('a change', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['whose connection breaks after it was sent', (socket) => socket.resetAndDestroy()],
    ['that nobody answers', () => {}],
    ['whose session the server ends', says(told('FATAL', '57P01', 'terminating connection'))],
    ['whose outcome the server does not know', says(Buffer.concat([told('ERROR', '40003', 'unknown'), READY]))],
  ])('%s may have been made', async (_, answer) => {
    const { port, heard } = await listening({ answer });
    expect(await failureOf(sql(port).query(writer, change, { timeoutMs: 400 }))).toBeInstanceOf(UnknownOutcome);
    expect(heard()).toBe(1);
  });

  test('that the server rolled back was not made, and may be asked for again', async () => {
    const { port } = await listening({ answer: says(Buffer.concat([told('ERROR', '40P01', 'deadlock'), READY])) });
    expect(isPassing(await failureOf(sql(port).query(writer, change, TIME)))).toBe(true);
  });

  test('that the server refuses was not made, and is not asked for again', async () => {
    const { port } = await listening({ answer: says(Buffer.concat([told('ERROR', '42P01', 'no table'), READY])) });
    const error = await failureOf(sql(port).query(writer, change, TIME));
    expect([error.name, isPassing(error)]).toEqual(['QueryFailed', false]);
  });

  test('for which there was no connection was not made', async () => {
    expect(isPassing(await failureOf(sql(9).query(writer, change, TIME)))).toBe(true);
  });
});

describe('a password that was rotated during the run', () => {
  test('is read anew, once, and then goes on', async () => {
    const { port } = await listening({ passwords: ['new'], answer: says(DONE) });
    const db = sql(port, ['old', 'new']);
    await db.query(writer, change, TIME);
    expect(db.asked).toEqual([false, true]);
  });

  test('and is believed to be wrong when it is still the same', async () => {
    const { port } = await listening({ passwords: ['another'] });
    const db = sql(port, ['old']);
    expect(await failureOf(db.query(writer, change, TIME))).toMatchObject({ code: 'login-failed' });
    expect(db.asked).toEqual([false, true]);
  });

  test('while the secret does not have it yet is asked for again, as the database let the login in before', async () => {
    const accepted = ['old'];
    const { port } = await listening({ passwords: accepted, answer: says(DONE) });
    const db = sql(port, ['old']);
    await db.query(writer, isStandby, TIME);
    accepted[0] = 'new';
    for (const query of [isStandby, proveWrite, change]) {
      const error = await failureOf(db.query(writer, query, TIME));
      expect([error.name, isPassing(error), isRefusal(error)]).toEqual(['LoginRefused', true, false]);
      expect(error.message).toContain('It took this login before');
    }
    accepted[0] = 'old';
    await db.query(writer, isStandby, TIME);
  });

  test('is believed to be lost when it is refused for more than a minute', async () => {
    const accepted = ['old'];
    const { port } = await listening({ passwords: accepted, answer: says(DONE) });
    let laterMs = 0;
    const clock = realClock();
    const db = sql(port, ['old'], 'off', { ...clock, elapsedMs: () => clock.elapsedMs() + laterMs });
    await db.query(writer, isStandby, TIME);
    accepted[0] = 'new';
    expect(isPassing(await failureOf(db.query(writer, isStandby, TIME)))).toBe(true);
    laterMs = 61_000;
    expect(await failureOf(db.query(writer, isStandby, TIME))).toMatchObject({ code: 'login-failed' });
  });
});

test('to find the way to a database takes nothing of the time that a query has', async () => {
  const { port } = await listening({ answer: says(DONE) });
  const clock = realClock();
  const slow = liveSql({
    locate: async () => {
      await clock.sleep(400);
      return { host: 'shop-db.example.com', port };
    },
    login: { user: 'drill', password: { from: 'iam' }, tls: 'off' },
    password: async () => 'open sesame',
    dns: {
      resolve: async () => ({ addresses: ['127.0.0.1'], ttlMs: 60_000 }),
      authoritative: async () => ({ addresses: ['127.0.0.1'], ttlMs: 60_000 }),
    },
    clock,
    readOnly: false,
  });
  closing.push(() => void slow.close());
  await slow.query(writer, isStandby, { timeoutMs: 300 });
});
