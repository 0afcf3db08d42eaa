import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../../src/clock/real-clock.ts';
import type { Login } from '../../../src/drill/live.ts';
import { loadDrill } from '../../../src/drill/load.ts';
import { liveSql } from '../../../src/live/sql.ts';
import { isRefusal } from '../../../src/ports/sql.ts';
import { vocabulary } from '../../../src/runbook/vocabulary.ts';
import { judged, madeIn, queryOf } from '../../../src/steps/data/checks.ts';
import { isStandby, proveWrite, readHeartbeats, writeHeartbeat } from '../../../src/steps/data/heartbeat.ts';
import { logBehind, logPosition } from '../../../src/steps/data/log-position.ts';
import { contentsOf, lookedAt } from '../../../src/steps/data/table-contents.ts';
import { makeAuthority } from '../servers/certificate.ts';
import type { DatabaseServer } from '../servers/database.ts';
import { rowsIn } from '../servers/heartbeats.ts';
import { type Pair, startPair } from './pair.ts';
import type { Programs } from './programs.ts';

const TIME = { timeoutMs: 3_000 };
const never = new AbortController().signal;

const PASSWORD = 'a drill in the lab';
const PORT = 3306;
const network = `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}`;
const at = (place: number, identifier: string) => ({
  identifier,
  host: `${network}.${place}`,
  port: PORT,
  names: [`${identifier}.abc123.eu-north-1.rds.amazonaws.com`],
});

interface Asked {
  engine: 'mariadb' | 'mysql';
  programs: Programs;
  /** Whether there is a program that replays its log. */
  restores: boolean;
}

/** What a drill says to a database in this engine's words, asked of real servers. */
export function testDrillSql({ engine, programs, restores }: Asked): void {
  let pair: Pair;
  let ca: string;
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    pair = await startPair(
      {
        writer: at(10, 'tickets-primary'),
        replica: at(20, 'tickets-replica'),
        database: 'shop',
        user: 'dr_drill',
        password: PASSWORD,
      },
      programs,
    );
    ca = join(pair.lab.folder.path, 'ca.pem');
    writeFileSync(ca, pair.lab.authority.cert);
  });
  afterAll(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await pair?.close();
  });

  const databaseOn = ({ identifier }: Pick<DatabaseServer, 'identifier'>) => ({
    region: 'eu-north-1',
    instance: identifier,
    name: 'shop',
  });

  /** The way in as a live drill has it. */
  function sql({
    login = {},
    name,
    password = PASSWORD,
  }: {
    login?: Partial<Login>;
    name?: string;
    password?: string;
  } = {}) {
    const places = [at(10, 'tickets-primary'), at(20, 'tickets-replica'), at(30, 'tickets-restored')];
    const made = liveSql({
      engine,
      locate: async ({ instance }) => ({
        host: name ?? places.find(({ identifier }) => identifier === instance)?.names[0] ?? '',
        port: PORT,
      }),
      login: { user: 'dr_drill', password: { from: 'iam' }, tls: 'verify-full', ca, ...login },
      password: async () => password,
      dns: {
        resolve: async (host) => ({ addresses: [addressOf(host)], ttlMs: 0 }),
        authoritative: async (host) => ({ addresses: [addressOf(host)], ttlMs: 0 }),
      },
      clock: realClock(),
      readOnly: false,
    });
    const addressOf = (host: string) => places.find((one) => one.names.includes(host))?.host ?? places[0]?.host ?? '';
    opened.push(made);
    return made;
  }

  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail('it was answered'),
      (error: Error & { code?: string; hint?: string }) => error,
    );

  const contents = (server: DatabaseServer, asOfMs: number) =>
    contentsOf(
      sql(),
      databaseOn(server),
      lookedAt({ tables: ['orders', 'order_items'], checksums: ['order_items'], timeout: 10_000 }, engine),
      asOfMs,
      never,
    );

  async function caughtUp(): Promise<void> {
    const [{ position } = {}] = await sql().query(databaseOn(pair.writer), logPosition, TIME);
    for (const late = AbortSignal.timeout(10_000); !late.aborted; await sleep(20)) {
      const [row] = await sql().query(databaseOn(pair.replica), logBehind(String(position)), TIME);
      if (Number(row?.behind) === 0) return;
    }
    expect.fail('the replica does not catch up');
  }

  test('a replica that has replayed the numbers of the writer holds the same, to the byte', async () => {
    await caughtUp();
    expect(await sql().query(databaseOn(pair.writer), isStandby, TIME)).toEqual([{ standby: 0 }]);
    expect(await sql().query(databaseOn(pair.replica), isStandby, TIME)).toEqual([{ standby: 1 }]);
    const asOfMs = Date.now();
    const [home, away] = [await contents(pair.writer, asOfMs), await contents(pair.replica, asOfMs)];
    expect(home.counts).toEqual({ orders: 2000, order_items: 2000 });
    expect(away).toEqual(home);
  });

  test('a replica that has not replayed them is told', async () => {
    await pair.replica.query('stop slave');
    await sql().query(databaseOn(pair.writer), writeHeartbeat(1, Date.now()), TIME);
    const [{ position } = {}] = await sql().query(databaseOn(pair.writer), logPosition, TIME);
    const [row] = await sql().query(databaseOn(pair.replica), logBehind(String(position)), TIME);
    expect(Number(row?.behind)).toBeGreaterThan(0);
    await pair.replica.query('start slave');
    await caughtUp();
  });

  test('the shipped checks that any engine understands hold', async () => {
    const { drill } = loadDrill('drills/snapshot-restore.yaml', { overrides: [], vocabulary });
    const checks = madeIn(engine, drill.dataChecks.checks);
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['future-orders', 'order-totals', 'items-without-order', 'negative-stock']),
    );
    for (const check of checks) {
      const rows = await sql().query(databaseOn(pair.writer), queryOf(check, 5_000), { timeoutMs: 10_000 });
      expect([check.check, judged(check.expect, rows).ok]).toEqual([check.check, true]);
    }
  });

  test('a check may change nothing, and is ended by the server in time', async () => {
    const ask = (text: string) =>
      errorOf(
        sql().query(
          databaseOn(pair.writer),
          { name: 'own/x', text, readOnly: { forAtMostMs: 300 } },
          { timeoutMs: 10_000 },
        ),
      );
    expect((await ask('insert into dr_drill_heartbeat values (7, now())')).name).toBe('ReadOnly');
    expect((await ask('select sum(a.id * b.id + c.id) from orders a, orders b, orders c')).name).toBe('TookTooLong');
    expect((await ask('select 1; select 2')).name).toBe('QueryFailed');
  });

  test('certificate, name and password are checked, and no message tells the password', async () => {
    const home = databaseOn(pair.writer);
    const stranger = join(pair.lab.folder.path, 'stranger.pem');
    writeFileSync(stranger, (await makeAuthority()).cert);
    expect(await errorOf(sql({ login: { ca: stranger } }).query(home, isStandby, TIME))).toMatchObject({
      code: 'tls-failed',
    });
    expect(await errorOf(sql({ name: 'other.example.com' }).query(home, isStandby, TIME))).toMatchObject({
      code: 'tls-failed',
    });
    const refused = await errorOf(sql({ password: 'sesame' }).query(home, isStandby, TIME));
    expect(refused.name).toBe('LoginFailed');
    expect(JSON.stringify([refused.message, refused.hint])).not.toContain('sesame');
  });

  test('a failover loses exactly the rows that had not come over, and the old writer is fenced by what it refuses', async () => {
    const { writer, replica } = pair;
    const [home, away] = [databaseOn(writer), databaseOn(replica)];
    const drill = sql();
    const write = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => from + index).reduce(
        (before, sequence) => before.then(() => drill.query(home, writeHeartbeat(sequence, Date.now()), TIME)),
        Promise.resolve<unknown>(undefined),
      );
    await write(100, 160);
    await caughtUp();
    const backup = restores ? await pair.backUp(writer) : undefined;
    await replica.query('stop slave io_thread');
    await write(160, 183);
    // A standby refuses to write, and so does a writer that is told to only read: both prove who writes.
    expect(isRefusal(await errorOf(drill.query(away, proveWrite, TIME)))).toBe(true);
    await writer.query('set global read_only = 1');
    expect(await errorOf(sql().query(home, proveWrite, TIME))).toMatchObject({ name: 'ReadOnly' });
    await writer.query('set global read_only = 0');
    await writer.kill();
    const gone = await errorOf(sql().query(home, proveWrite, TIME));
    expect([gone.name, isRefusal(gone)]).toEqual(['ConnectionFailed', true]);
    await replica.promote();
    await drill.query(away, proveWrite, TIME);
    const found = (await drill.query(away, readHeartbeats(100), TIME)).map(({ sequence }) => sequence);
    expect(found).toEqual(Array.from({ length: 60 }, (_, index) => 100 + index));
    if (!backup) return;
    // What the old writer acknowledged alone is in its log, and comes up again in a copy of its disk.
    const restored = await backup.restore(new Date(), at(30, 'tickets-restored'));
    const all = await sql().query(databaseOn(restored), readHeartbeats(100), TIME);
    expect(all).toHaveLength(83);
    const asOfMs = Date.now();
    expect(await contents(restored, asOfMs)).toEqual(await contents(replica, asOfMs));
  });

  test.runIf(restores)('a backup is restored as of when it was made, or as of any time since, to the row', async () => {
    const shop = await startPair({
      writer: at(110, 'restored-primary'),
      replica: at(120, 'restored-replica'),
      database: 'shop',
      user: 'dr_drill',
      password: PASSWORD,
    });
    try {
      const beat = (sequence: number) =>
        shop.writer.query(`insert into dr_drill_heartbeat values (${sequence}, now(6))`);
      await beat(1);
      const before = new Date();
      const backup = await shop.backUp(shop.writer);
      const times = [before];
      for (const sequence of [2, 3, 4]) {
        await beat(sequence);
        await sleep(50);
        times.push(new Date());
        await sleep(50);
      }
      await shop.writer.kill();
      for (const [index, time] of times.entries()) {
        const server = await backup.restore(time, at(130, 'restored'));
        expect(await rowsIn(server)).toEqual([1, 2, 3, 4].slice(0, index + 1));
        expect(await server.isStandby()).toBe(false);
        await shop.remove(server);
      }
    } finally {
      await shop.close();
    }
  });
}
