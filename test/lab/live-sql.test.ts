import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import type { Login } from '../../src/drill/live.ts';
import { liveSql } from '../../src/live/sql.ts';
import { rowCounts } from '../../src/steps/data/checks.ts';
import { isStandby, proveWrite, readHeartbeats, writeHeartbeat } from '../../src/steps/data/heartbeat.ts';
import type { DatabaseServer, Pair } from './postgres/index.ts';
import { startShop } from './postgres/shop-pair.ts';

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
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await pair.close();
});

function at(side: 'writer') {
  const third = 100 + (process.pid % 100);
  return {
    identifier: `ecommerce-db-${side === 'writer' ? 'primary' : ''}`,
    host: `127.${third}.${Math.floor(process.pid / 100) % 250}.10`,
    port: 5432,
  };
}

const serverOf = ({ instance }: { instance: string }): DatabaseServer =>
  instance === writer.instance ? pair.writer : pair.replica;

function sql({
  login = {},
  password = 'a drill in the lab',
  host = HOST,
  readOnly = false,
}: {
  login?: Partial<Login>;
  password?: string;
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
    password: async () => password,
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
  const counts = await db.query(writer, rowCounts(Date.now()), TIME);
  expect(counts).toContainEqual({ table_name: 'orders', rows: 4000 });
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

test('a wrong password is no sign of a failure, and is not told', async () => {
  await expect(sql({ password: 'hunter2' }).query(writer, isStandby, TIME)).rejects.toMatchObject({
    name: 'LoginFailed',
    code: 'login-failed',
    message: expect.not.stringContaining('hunter2'),
  });
});

test('the table of heartbeats is made where it is missing', async () => {
  await pair.writer.query('drop table dr_drill_heartbeat');
  await pair.writer.query('grant create on schema public to dr_drill');
  const db = sql();
  await db.query(writer, writeHeartbeat(7, Date.now()), TIME);
  expect(await db.query(writer, readHeartbeats(0), TIME)).toEqual([{ sequence: 7 }]);
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
  for (const query of [writeHeartbeat(101, Date.now()), isStandby]) {
    await expect(db.query(writer, query, { timeoutMs: 300 })).rejects.toMatchObject({
      name: 'ConnectionFailed',
      message: 'ecommerce-db-primary did not answer within 0.3 s.',
    });
  }
  expect(Date.now() - began).toBeLessThan(5_000);
  await pair.writer.gate.pass();
  await db.query(writer, writeHeartbeat(102, Date.now()), TIME);
  expect(await db.query(writer, readHeartbeats(100), TIME)).toEqual([{ sequence: 100 }, { sequence: 102 }]);
});

test('a server that was killed refuses at once', async () => {
  const db = sql();
  await db.query(writer, isStandby, TIME);
  await pair.writer.kill();
  await expect(db.query(writer, isStandby, { timeoutMs: 30_000 })).rejects.toMatchObject({ name: 'ConnectionFailed' });
});
