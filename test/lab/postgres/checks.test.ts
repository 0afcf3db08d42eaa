import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDrill } from '../../../src/drill/load.ts';
import { type Query, textIn } from '../../../src/ports/sql.ts';
import { queryOf } from '../../../src/steps/data/checks.ts';
import { isStandby, proveWrite, readHeartbeats, writeHeartbeat } from '../../../src/steps/data/heartbeat.ts';
import { checksums, rowCounts } from '../../../src/steps/data/table-contents.ts';
import type { Pair } from './index.ts';
import { drillSession, elsewhere, startShop } from './shop-pair.ts';

const { checks, tables } = loadDrill('drills/snapshot-restore.yaml').drill.dataChecks;
const integrityChecks = checks.map((each) => ({ check: each.check, query: queryOf(each, 60_000) }));

let pair: Pair;
let drill: Client;

beforeAll(async () => {
  pair = await startShop();
  drill = await drillSession(pair.writer);
});
afterAll(async () => {
  await drill.end();
  await pair.close();
});

const ask = async (query: Query, session = drill) =>
  (await session.query(textIn('postgres', query), [...(query.values ?? [])])).rows;

/** Each fault, planted as superuser, and taken away again. What constraints forbid needs them switched off. */
const faults: Record<string, { plant: string; fix: string; found: string[] }> = {
  'orders-without-customer': {
    plant: "set session_replication_role = 'replica'; update orders set customer_id = -customer_id where id = 7",
    fix: 'update orders set customer_id = -customer_id where id = 7',
    found: ['7'],
  },
  'items-without-order': {
    plant: "set session_replication_role = 'replica'; update order_items set order_id = -order_id where id = 8",
    fix: 'update order_items set order_id = -order_id where id = 8',
    found: ['8'],
  },
  'items-without-product': {
    plant: "set session_replication_role = 'replica'; update order_items set product_id = -product_id where id = 9",
    fix: 'update order_items set product_id = -product_id where id = 9',
    found: ['9'],
  },
  'negative-stock': {
    plant: 'update products set stock = -1 where id = 3',
    fix: 'update products set stock = 1 where id = 3',
    found: ['3'],
  },
  'future-orders': {
    plant: "update orders set created_at = now() + interval '1 hour' where id = 11",
    fix: "update orders set created_at = now() - interval '1 hour' where id = 11",
    found: ['11'],
  },
  'order-totals': {
    plant: 'update orders set total_cents = total_cents + 1 where id in (12, 13)',
    fix: 'update orders set total_cents = total_cents - 1 where id in (12, 13)',
    found: ['12', '13'],
  },
  'foreign-keys': {
    plant: 'alter table orders add constraint planted foreign key (customer_id) references customers not valid',
    fix: 'alter table orders drop constraint planted',
    found: ['planted'],
  },
  sequences: {
    plant: "select setval('orders_id_seq', 100)",
    fix: "select setval('orders_id_seq', (select max(id) from orders))",
    found: ['orders_id_seq'],
  },
  indexes: {
    plant: "update pg_index set indisvalid = false where indexrelid = 'orders_created_at'::regclass",
    fix: "update pg_index set indisvalid = true where indexrelid = 'orders_created_at'::regclass",
    found: ['orders_created_at'],
  },
  'prepared-transactions': {
    plant: "begin; update products set stock = stock where id = 1; prepare transaction 'forgotten'",
    fix: "rollback prepared 'forgotten'",
    found: ['forgotten'],
  },
};

describe('the drill with its own rights', () => {
  test.each(integrityChecks.map((each) => [each.check, each] as const))(
    '%s finds its fault and nothing else',
    async (name, check) => {
      const fault = faults[name];
      expect(fault).toBeDefined();
      expect(await ask(check.query)).toEqual([]);

      await pair.writer.query(fault?.plant ?? '');
      const found = await ask(check.query);
      await pair.writer.query(fault?.fix ?? '');

      expect(found.map(({ id }) => String(id)).sort()).toEqual(fault?.found);
      for (const each of integrityChecks) expect(await ask(each.query), each.check).toEqual([]);
    },
  );

  test('an order that lost all its items has a wrong total', async () => {
    await pair.writer.query('create table kept as select * from order_items where order_id = 20');
    await pair.writer.query('delete from order_items where order_id = 20');
    const check = integrityChecks.find((each) => each.check === 'order-totals');

    const found = await ask((check as { query: Query }).query);

    await pair.writer.query('insert into order_items select * from kept; drop table kept');
    expect(found).toEqual([{ id: '20' }]);
  });

  test('a sequence that would give the last id once more is behind', async () => {
    await pair.writer.query("select setval('orders_id_seq', (select max(id) from orders), false)");
    const check = integrityChecks.find((each) => each.check === 'sequences');

    const found = await ask((check as { query: Query }).query);

    await pair.writer.query("select setval('orders_id_seq', (select max(id) from orders))");
    expect(found).toEqual([{ id: 'orders_id_seq' }]);
  });

  test('every sequence that numbers a column is looked at, whatever made it', async () => {
    const check = integrityChecks.find((each) => each.check === 'sequences') as { query: Query };
    await pair.writer.query(`
      create table by_serial (id serial); insert into by_serial values (5);
      create sequence "by hand"; create table by_default ("the id" bigint default nextval('"by hand"')); insert into by_default values (1);
      create table down (id int generated always as identity (increment -1)); insert into down overriding system value values (-2);
      create table around (id int generated always as identity (cycle)); insert into around overriding system value values (7);
      create table numbered_text (id text default 'A-' || nextval('orders_id_seq'));
      create table untouched (id serial);
      grant select on all tables in schema public to dr_drill; grant select on all sequences in schema public to dr_drill`);
    for (const table of ['customers', 'products', 'orders', 'order_items'])
      await pair.writer.query(`select setval('${table}_id_seq', 1)`);

    const found = await ask(check.query);

    for (const table of ['customers', 'products', 'orders', 'order_items'])
      await pair.writer.query(`select setval('${table}_id_seq', (select max(id) from ${table}))`);
    const foundLater = await ask(check.query);
    await pair.writer.query(`
      drop table by_serial, by_default, down, around, numbered_text, untouched; drop sequence "by hand"`);
    const others = ['"by hand"', 'by_serial_id_seq', 'down_id_seq'];
    const ours = ['customers_id_seq', 'order_items_id_seq', 'orders_id_seq', 'products_id_seq'];
    expect(found.map(({ id }) => id).sort()).toEqual([...others, ...ours].sort());
    expect(foundLater.map(({ id }) => id).sort()).toEqual(others);
  });

  test('a sequence that it may not read is an error, not a success', async () => {
    const check = integrityChecks.find((each) => each.check === 'sequences') as { query: Query };
    await pair.writer.query('create table hidden (id serial)');
    await expect(ask(check.query)).rejects.toMatchObject({ code: '42501' });
    await pair.writer.query('drop table hidden');
  });

  test('counts the rows of a moment, and needs every table', async () => {
    const now = await ask(rowCounts(tables, Date.now(), 60_000));
    expect(now.map((row) => row.table_name)).toEqual(tables);
    expect(now.map((row) => Number(row.row_count))).toEqual([500, 100, 4000, expect.any(Number)]);

    const tenDaysAgo = await ask(rowCounts(tables, Date.now() - 10 * 86_400_000, 60_000));
    const orders = Number(tenDaysAgo.find((row) => row.table_name === 'orders')?.row_count);
    expect(orders).toBeGreaterThan(2_600);
    expect(orders).toBeLessThan(2_700);
  });

  test('a checksum is the same on both sides, whatever the order of the rows, and tells one changed byte', async () => {
    const asOfMs = Date.now() + 60_000;
    const of = async (session = drill) => ask(checksums(tables, asOfMs, 60_000), session);
    const before = await of();
    expect(before.map(({ table_name }) => table_name)).toEqual(tables);
    expect(before[2]?.checksum).toMatch(/^-?\d+ over 4000 rows$/);

    const standby = await drillSession(pair.replica);
    await expect.poll(() => of(standby)).toEqual(before);
    // The same rows, in other places of the file.
    await pair.writer.query('cluster orders using orders_created_at');
    expect(await of()).toEqual(before);

    await pair.writer.query("update products set name = name || '.' where id = 5");
    const changed = await of();
    expect(changed.map((row, index) => row.checksum === before[index]?.checksum)).toEqual([true, false, true, true]);
    await pair.writer.query('update products set name = left(name, -1) where id = 5');
    expect(await of()).toEqual(before);
    await standby.end();
  });

  test('writes heartbeats, reads them back, and tells a standby', async () => {
    for (const sequence of [1, 2]) await ask(writeHeartbeat(sequence, Date.now()));
    await ask(proveWrite);
    await ask(proveWrite);
    expect(await ask(readHeartbeats(1))).toEqual([{ sequence: '1' }, { sequence: '2' }]);
    expect(await ask(isStandby)).toEqual([{ standby: false }]);

    const standby = await drillSession(pair.replica);
    expect(await ask(isStandby, standby)).toEqual([{ standby: true }]);
    await expect(ask(proveWrite, standby)).rejects.toMatchObject({ code: '25006' });
    await standby.end();
  });

  test.each([
    'delete from dr_drill_heartbeat',
    'update orders set status = status',
    'insert into products (name, price_cents, stock) values (1, 1, 1)',
    'create table mine (id int)',
  ])('may not %s', async (text) => {
    await expect(ask({ name: 'forbidden', text })).rejects.toMatchObject({ code: '42501' });
  });
});

test('the application may place an order, and nothing about heartbeats', async () => {
  const application = await drillSession(pair.writer, { user: 'shop_app' });
  await application.query('insert into orders (customer_id, total_cents) values (1, 0)');
  await application.query('update orders set status = $1 where id = 1', ['returned']);
  await expect(application.query('select from dr_drill_heartbeat')).rejects.toMatchObject({ code: '42501' });
  await application.end();
});

test('the seed script works alone, in a moment', async () => {
  await pair.writer.query('create database alone');
  const client = new Client({ ...pair.writer.superuser, database: 'alone' });
  await client.connect();
  const began = performance.now();
  await client.query(readFileSync(new URL('seed.sql', import.meta.url), 'utf8'));
  // A third of a second where nothing else runs.
  expect(performance.now() - began).toBeLessThan(3_000);
  for (const { query } of integrityChecks) expect((await client.query(textIn('postgres', query))).rows).toEqual([]);
  await client.end();
});

test('the same seed number gives the same shop, another gives another', async () => {
  const shop =
    'select md5(string_agg(total_cents || customer_id::text, $$,$$ order by id)) as digest from orders where id <= 4000';
  const [first] = await pair.writer.query(shop);
  const others = [];
  for (const seed of [1, 2]) {
    const other = await startShop({ seed, ...elsewhere });
    others.push((await other.writer.query(shop))[0]?.digest);
    await other.close();
  }
  expect(others[0]).toBe(first?.digest);
  expect(others[1]).not.toBe(first?.digest);
});
