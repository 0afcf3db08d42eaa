import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import type { Login } from '../../src/drill/live.ts';
import type { DrillError } from '../../src/errors.ts';
import type { PasswordSource } from '../../src/live/password.ts';
import { liveSql } from '../../src/live/sql.ts';
import { isRefusal } from '../../src/ports/sql.ts';
import { isStandby, proveWrite, readHeartbeats, writeHeartbeat } from '../../src/steps/data/heartbeat.ts';
import { rowCounts } from '../../src/steps/data/table-contents.ts';
import type { Pair, PostgresServer } from './postgres/index.ts';
import { startShop } from './postgres/shop-pair.ts';
import { makeAuthority } from './servers/certificate.ts';

const HOST = 'ecommerce-db-primary.abc123.ap-east-2.rds.amazonaws.com';
const writer = { region: 'ap-east-2', instance: 'ecommerce-db-primary', name: 'shop' };
const replica = { region: 'ap-northeast-1', instance: 'ecommerce-db-dr-replica', name: 'shop' };
const TIME = { timeoutMs: 2_000 };

let pair: Pair;
let ca: string;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  pair = await startShop({ tls: true, writer: { ...at('writer'), names: [HOST] } });
  ca = join(pair.lab.folder.path, 'ca.pem');
  writeFileSync(ca, pair.ca ?? '');
});
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));
afterAll(() => pair.close());

function at(side: 'writer') {
  const third = 100 + (process.pid % 100);
  return {
    identifier: `ecommerce-db-${side === 'writer' ? 'primary' : ''}`,
    host: `127.${third}.${Math.floor(process.pid / 100) % 250}.10`,
    port: 5432,
  };
}

const serverOf = ({ instance }: { instance: string }): PostgresServer =>
  instance === writer.instance ? pair.writer : pair.replica;

function sql({
  login = {},
  password = 'a drill in the lab',
  host = HOST,
  readOnly = false,
}: {
  login?: Partial<Login>;
  password?: string | PasswordSource;
  host?: string;
  readOnly?: boolean;
} = {}) {
  let address = '';
  const made = liveSql({
    locate: async (database) => {
      address = serverOf(database).host;
      return { host, port: 5432 };
    },
    login: { user: 'dr_drill', password: { from: 'iam' }, tls: 'verify-full', ca, ...login },
    password: typeof password === 'string' ? async () => password : password,
    dns: {
      resolve: async () => ({ addresses: [address], ttlMs: 0 }),
      authoritative: async () => ({ addresses: [address], ttlMs: 0 }),
    },
    clock: realClock(),
    readOnly,
  });
  opened.push(made);
  return made;
}

test('writes, reads and counts as a drill does, and whole numbers are numbers', async () => {
  const db = sql();
  await db.query(writer, writeHeartbeat(1, Date.now()), TIME);
  await db.query(writer, writeHeartbeat(2, Date.now()), TIME);
  expect(await db.query(writer, readHeartbeats(1), TIME)).toEqual([{ sequence: 1 }, { sequence: 2 }]);
  expect(await db.query(writer, isStandby, TIME)).toEqual([{ standby: false }]);
  const counts = await db.query(writer, rowCounts(['orders'], Date.now(), 1_000), TIME);
  expect(counts).toContainEqual({ table_name: 'orders', row_count: 4000 });
});

test('a standby refuses to write, and so does a session that only reads', async () => {
  await expect(sql({ login: { tls: 'require' } }).query(replica, proveWrite, TIME)).rejects.toMatchObject({
    name: 'ReadOnly',
  });
  const reader = sql({ readOnly: true });
  await expect(reader.query(writer, proveWrite, TIME)).rejects.toMatchObject({ name: 'ReadOnly' });
  expect(await reader.query(writer, isStandby, TIME)).toEqual([{ standby: false }]);
});

test('certificate and name are checked, unless the login says otherwise', async () => {
  const other = sql({ host: 'another-name.example.com' });
  await expect(other.query(writer, isStandby, TIME)).rejects.toMatchObject({
    code: 'tls-failed',
    message: expect.stringContaining('does not match'),
  });
  const encryptedOnly = sql({ host: 'another-name.example.com', login: { tls: 'require' } });
  expect(await encryptedOnly.query(writer, isStandby, TIME)).toHaveLength(1);
  await expect(sql({ login: { tls: 'off' } }).query(writer, isStandby, TIME)).rejects.toThrow(/no encryption|SSL off/);
});

test('an authority that did not sign the certificate is not trusted, whatever its name', async () => {
  const stranger = join(pair.lab.folder.path, 'stranger.pem');
  writeFileSync(stranger, (await makeAuthority()).cert);
  for (const own of [stranger, undefined]) {
    const error = await sql({ login: { ca: own } })
      .query(writer, isStandby, TIME)
      .catch((failure: Error) => failure);
    expect(error).toMatchObject({ code: 'tls-failed', hint: expect.stringContaining("'login'") });
    expect(isRefusal(error)).toBe(false);
  }
  expect(() => sql({ login: { ca: '/nowhere/ca.pem' } })).toThrow('/nowhere/ca.pem');
});

test('a wrong password is no sign of a failure, and is not told', async () => {
  await expect(sql({ password: 'hunter2' }).query(writer, isStandby, TIME)).rejects.toMatchObject({
    name: 'LoginFailed',
    code: 'login-failed',
    message: expect.not.stringContaining('hunter2'),
  });
});

describe('heartbeats', () => {
  /** Which server process answers a session that the drill keeps. */
  const sessions = async () =>
    (await pair.writer.query("select pid from pg_stat_activity where application_name = 'dr-drill' order by pid")).map(
      ({ pid }) => Number(pid),
    );
  const beat = (db: ReturnType<typeof sql>, sequence: number, signal?: AbortSignal) =>
    db.query(writer, writeHeartbeat(sequence, Date.now()), { ...TIME, ...(signal && { signal }) });

  test('go over one session, which outlives the one who wrote the first, and is replaced when it has broken', async () => {
    const db = sql();
    const first = new AbortController();
    await beat(db, 20, first.signal);
    const [kept] = await sessions();
    expect(kept).toBeTypeOf('number');
    first.abort();
    await beat(db, 21);
    expect(await sessions()).toEqual([kept]);
    await pair.writer.query('select pg_terminate_backend($1, 5000)', [kept]);
    await expect(beat(db, 22)).rejects.toMatchObject({ name: 'Unavailable' });
    await beat(db, 23);
    const after = await sessions();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual([kept]);
    expect(await db.query(writer, readHeartbeats(20), TIME)).toEqual([20, 21, 23].map((sequence) => ({ sequence })));
    await db.close();
    await expect.poll(sessions).toEqual([]);
  });

  test('written at the same time leave no session behind', async () => {
    const db = sql();
    await Promise.all([30, 31, 32].map((sequence) => beat(db, sequence)));
    await expect.poll(async () => (await sessions()).length).toBe(1);
    await db.close();
    await expect.poll(sessions).toEqual([]);
  });
});

test('what a role may not do, its hint lets the owner of the database do', async () => {
  await pair.writer.query('drop table dr_drill_heartbeat');
  const db = sql();
  const error = await db.query(writer, proveWrite, TIME).catch((failure: DrillError) => failure);
  expect(error).toMatchObject({
    code: 'heartbeats-not-allowed',
    message: expect.stringContaining('permission denied for schema public'),
  });
  const [, statements = ''] = /^Its owner runs, once: (.*)$/.exec((error as DrillError).hint ?? '') ?? [];
  await pair.writer.query(statements);
  await db.query(writer, proveWrite, TIME);
  await pair.writer.query('revoke insert on dr_drill_heartbeat from dr_drill');
  await expect(db.query(writer, proveWrite, TIME)).rejects.toMatchObject({ code: 'heartbeats-not-allowed' });
  await pair.writer.query('grant insert on dr_drill_heartbeat to dr_drill');
});

test('the table of heartbeats is made where it is missing, even by several at a time', async () => {
  await pair.writer.query('drop table dr_drill_heartbeat');
  await pair.writer.query('grant create on schema public to dr_drill');
  const db = sql();
  await Promise.all([7, 8, 9].map((sequence) => db.query(writer, writeHeartbeat(sequence, Date.now()), TIME)));
  expect(await db.query(writer, readHeartbeats(0), TIME)).toEqual([7, 8, 9].map((sequence) => ({ sequence })));
});

test('what is wrong with a query is told with its SQLSTATE', async () => {
  const wrong = { name: 'wrong', text: 'select * from nowhere' };
  await expect(sql().query(writer, wrong, TIME)).rejects.toMatchObject({
    name: 'QueryFailed',
    message: expect.stringContaining('42P01'),
  });
});

test('a server that says nothing any more is noticed in time, also by a session that was open, and used again when it is back', async () => {
  const db = sql();
  await db.query(writer, writeHeartbeat(100, Date.now()), TIME);
  await pair.writer.gate.blackhole();
  const began = Date.now();
  // Only a session that never came to be proves that nobody is there.
  for (const [query, name] of [
    [writeHeartbeat(101, Date.now()), 'Timeout'],
    [isStandby, 'ConnectionFailed'],
  ] as const) {
    await expect(db.query(writer, query, { timeoutMs: 300 })).rejects.toMatchObject({
      name,
      message: 'ecommerce-db-primary did not answer within 0.3 s.',
    });
  }
  expect(Date.now() - began).toBeLessThan(5_000);
  await pair.writer.gate.pass();
  await db.query(writer, writeHeartbeat(102, Date.now()), TIME);
  expect(await db.query(writer, readHeartbeats(100), TIME)).toEqual([{ sequence: 100 }, { sequence: 102 }]);
});

test('a server with too many connections passes, and proves no fence', async () => {
  await pair.writer.query('alter role dr_drill connection limit 0');
  const error = await sql()
    .query(writer, proveWrite, TIME)
    .catch((failure: Error) => failure);
  expect([error instanceof Error && error.name, isRefusal(error)]).toEqual(['Unavailable', false]);
  await pair.writer.query('alter role dr_drill connection limit -1');
  await sql().query(writer, proveWrite, TIME);
});

test('a password that is rotated during the run is read anew', async () => {
  const known = ['a drill in the lab', 'another one'];
  const db = sql({ password: async (_, { anew = false } = {}) => (anew ? known[1] : known[0]) ?? '' });
  await db.query(writer, isStandby, TIME);
  await pair.writer.query("alter role dr_drill password 'another one'");
  expect(await db.query(writer, isStandby, TIME)).toEqual([{ standby: false }]);
  await pair.writer.query("alter role dr_drill password 'a drill in the lab'");
});

test('a server that was killed refuses at once, and answers when it is back', async () => {
  const db = sql();
  await db.query(writer, isStandby, TIME);
  await pair.writer.kill();
  await expect(db.query(writer, isStandby, { timeoutMs: 30_000 })).rejects.toMatchObject({ name: 'ConnectionFailed' });
  await pair.writer.start();
  expect(await db.query(writer, isStandby, TIME)).toEqual([{ standby: false }]);
});

describe('a question that only reads', () => {
  const asked = (text: string, forAtMostMs = 2_000) =>
    sql().query(writer, { name: 'own/mine', text, readOnly: { forAtMostMs } }, { timeoutMs: 5_000 });

  test.each([
    ['insert into dr_drill_heartbeat values (99, now())', 'ReadOnly', '25006|read-only'],
    ['with gone as (delete from orders returning id) select * from gone', 'ReadOnly', 'read-only'],
    ['create table mine ()', 'ReadOnly', 'read-only'],
    ['do $$ begin insert into dr_drill_heartbeat values (99, now()); end $$', 'ReadOnly', 'read-only'],
    [
      'do $$ begin perform 1; commit; set transaction read write; insert into dr_drill_heartbeat values (99, now()); end $$',
      'QueryFailed',
      '2D000',
    ],
    ["select set_config('transaction_read_only', 'off', true)", 'QueryFailed', '25001'],
    // Two statements, whatever someone takes them for.
    [
      "select E'\\' ' ; commit; insert into dr_drill_heartbeat values (99, now()); --'",
      'QueryFailed',
      'multiple commands',
    ],
    ['commit; delete from dr_drill_heartbeat', 'QueryFailed', 'multiple commands'],
    ['select nothing from orders', 'QueryFailed', '42703'],
  ])('may not %s', async (text, name, said) => {
    const before = await pair.writer.query('select count(*) as rows from dr_drill_heartbeat');
    await expect(asked(text)).rejects.toMatchObject({ name, message: expect.stringMatching(said) });
    expect(await pair.writer.query('select count(*) as rows from dr_drill_heartbeat')).toEqual(before);
    // What was refused to one is no hindrance to another session.
    expect(await asked('select count(*) as orders from orders')).toEqual([{ orders: 4000 }]);
  });

  test('is ended by the server itself, which does not work on for nobody', async () => {
    await expect(asked('select pg_sleep(60)', 200)).rejects.toMatchObject({
      name: 'TookTooLong',
      message: expect.stringContaining('statement timeout'),
    });
    const running =
      "select pid from pg_stat_activity where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()";
    // The server answers a moment before it shows its session as idle; the statement itself would sleep for a minute.
    await expect.poll(() => pair.writer.query(running), { timeout: 5_000 }).toEqual([]);
  });

  test('gives a thousand rows of a million, and its session ends', async () => {
    const rows = await asked("select id, repeat('x', 500) from generate_series(1, 1000000) id", 30_000);
    expect([rows.length, rows.at(-1)?.id]).toEqual([1_000, 1_000]);
    const mine = "select pid from pg_stat_activity where application_name = 'dr-drill'";
    await expect.poll(() => pair.writer.query(mine)).toEqual([]);
  });

  test('answers in numbers, truths and PostgreSQL’s own words, the same on every server', async () => {
    await pair.writer.query(
      "alter role dr_drill set timezone = 'Asia/Tokyo'; alter role dr_drill set datestyle = 'German'",
    );
    const row =
      "select 1::int8 as a, 1.5::float8 as b, true as c, 1.50::numeric as d, null as e, '2026-01-02T03:04:05Z'::timestamptz as f";
    expect(await asked(row)).toEqual([{ a: 1, b: 1.5, c: true, d: '1.50', e: null, f: '2026-01-02 03:04:05+00' }]);
    await pair.writer.query('alter role dr_drill reset timezone; alter role dr_drill reset datestyle');
  });
});
