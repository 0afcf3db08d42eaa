import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/journal/events.ts';
import { carryTables } from '../../src/steps/data/carry-tables.ts';
import { checkCarried } from '../../src/steps/data/check-carried.ts';
import { dropWhatWasCarried } from '../../src/steps/data/drop-carried.ts';
import { putRowsBack } from '../../src/steps/data/put-back.ts';
import type { StepContext } from '../../src/steps/step.ts';
import { carriedTo, nothing } from './carrying.ts';
import type { Pair } from './postgres/index.ts';
import { elsewhere, startShop } from './postgres/shop-pair.ts';
import { sqlTo } from './servers/sql.ts';

const living = { engine: 'postgres' as const, region: 'ap-east-2', instance: 'ecommerce-db-primary', database: 'shop' };
const from = { ...living, instance: 'other-primary' };
const target = { ...living, from, schema: 'drill_restored', drill: 'partial-restore' };
const told: RunEvent[] = [];

let pair: Pair;
let restored: Pair;
let sql: ReturnType<typeof sqlTo>;
let context: StepContext;

/** What JSON, or another session's settings, might spoil. */
const AWKWARD = `
  create type mood as enum ('so-so', 'it''s "fine"');
  create table "Strange Things" (gone text, id bigint primary key, amount numeric, at timestamptz, day date, raw bytea, tags text[],
    doc json, feeling mood, pair point, span interval, note text, twice bigint generated always as (id * 2) stored);
  alter table "Strange Things" drop column gone;
  insert into "Strange Things" values (1, 'NaN', 'infinity', '-infinity', '\\x00ff5c', array['a,b', null, '"', '\\'],
    '{ "a" :  1, "a": 2 }', 'it''s "fine"', '(0.1,1e300)', '-1 mon 3 days', E'two\\nlines\\t(\\\\)');
  insert into "Strange Things" (id, amount) values (2, 0.1000), (3, 12345678901234567890.123456789);
  create table metered (id bigint, at date) partition by range (at);
  create table metered_old partition of metered for values from (minvalue) to ('2026-01-01');
  create table "metered new" partition of metered for values from ('2026-01-01') to (maxvalue);
  insert into metered select n, date '2025-12-20' + (n % 30)::int from generate_series(1, 20000) n;
  create table empty (id int);
  grant select on "Strange Things", metered, metered_old, "metered new", empty to dr_drill;
`;

beforeAll(async () => {
  [pair, restored] = await Promise.all([startShop(), startShop(elsewhere)]);
  await restored.writer.query(AWKWARD);
  await pair.writer.query("create type mood as enum ('so-so', 'it''s \"fine\"')");
  sql = sqlTo('postgres', [pair.writer, restored.writer]);
  const record = (event: RunEvent) => void told.push(event);
  context = { sql, record, signal: AbortSignal.timeout(60_000), step: 'carry' } as unknown as StepContext;
});
afterAll(async () => {
  await sql.close();
  await Promise.all([pair.close(), restored.close()]);
});

const carried = (tables: string[]) => carriedTo(target, tables, { context, told });

const schemas = async () =>
  (await pair.writer.query("select nspname from pg_namespace where nspname like 'drill%'")).map(
    ({ nspname }) => nspname,
  );

test('a login that may make no schema is told so, with what would allow it', async () => {
  await expect(carryTables.observe({ ...target, tables: ['products'] }, context)).rejects.toMatchObject({
    code: 'not-allowed',
    hint: 'Its owner can allow it: grant create on database "shop" to <the login>.',
  });
  await pair.writer.query('grant create on database shop to dr_drill');
  expect(await carryTables.observe({ ...target, tables: ['products'] }, context)).toMatchObject({ done: false });
});

test('tables arrive whole, and to the byte, beside those in use; a second try begins anew', async () => {
  for (const _ of ['once', 'again']) {
    const { rows, said } = await carried(['public.orders', 'products', 'metered', 'empty']);
    expect(rows).toEqual({ 'public.orders': 4000, products: 100, metered: 20_000, empty: 0 });
    expect(said).toHaveLength(8);
    expect(said.filter((one) => !/ true: /.test(one))).toEqual([]);
  }
  expect(await pair.writer.query('select count(*)::int as n from drill_restored.metered')).toEqual([{ n: 20_000 }]);
  expect(await pair.writer.query('select count(*)::int as n from orders')).toEqual([{ n: 4000 }]);
});

test('values that JSON or another time zone would spoil arrive as they were', async () => {
  await pair.writer.query(
    "alter role dr_drill set timezone = 'Asia/Taipei'; alter role dr_drill set datestyle = 'German'",
  );
  await restored.writer.query('alter table "Strange Things" rename to strange');
  const { said } = await carried(['strange']);
  expect(said.filter((one) => !/ true: /.test(one))).toEqual([]);
  const all =
    'select id, amount::text, at::text, day::text, raw, tags, doc::text, feeling, span::text, note, twice from';
  const there = await pair.writer.query(`${all} drill_restored.strange order by id`);
  expect(there).toEqual(await restored.writer.query(`${all} strange order by id`));
  expect(there).toHaveLength(3);
});

test('what did not arrive, or arrived otherwise, fails the comparison', async () => {
  await carried(['products', 'customers']);
  await pair.writer.query(
    "update drill_restored.products set name = 'x' where id = 7; delete from drill_restored.customers where id = 1",
  );
  told.length = 0;
  const result = await checkCarried.settle?.(
    { ...target, tables: ['products', 'customers'] },
    context,
    nothing,
    undefined,
  );
  expect(result).toEqual({
    failed: ['carried-contents-products', 'carried-customers', 'carried-contents-customers'],
  });
});

test('rows that are gone are put back, what is there stays, and undone only what was put back goes', async () => {
  await carried(['products']);
  await pair.writer.query(
    "delete from order_items; delete from products where id <= 5; update products set name = 'dearer' where id = 6",
  );
  await pair.writer.query('grant insert, delete, select on products to dr_drill');
  const wanted = { ...target, tables: ['products'] };
  // Asked again, as after an answer that was lost, it puts nothing back a second time and gives the same number.
  for (const _ of ['once', 'again']) {
    expect(await putRowsBack.apply?.(wanted, context, nothing)).toEqual({ products: 5 });
  }
  const names = async () =>
    (await pair.writer.query('select id, name from products where id <= 7 order by id')).map(({ name }) => name);
  expect(await names()).toEqual([
    'Product 1',
    'Product 2',
    'Product 3',
    'Product 4',
    'Product 5',
    'dearer',
    'Product 7',
  ]);
  // Someone uses one of them by now.
  await pair.writer.query('update products set stock = stock + 1 where id = 2');
  await putRowsBack.undo?.(wanted, context, nothing);
  expect(await names()).toEqual(['Product 2', 'dearer', 'Product 7']);
});

test('the schema is dropped again, and another one of that name is left alone', async () => {
  await carried(['products']);
  expect(await schemas()).toEqual(['drill_restored']);
  await dropWhatWasCarried.apply?.(target, context, nothing);
  expect(await schemas()).toEqual([]);
  expect(await dropWhatWasCarried.observe(target, context)).toMatchObject({ done: true });
  await pair.writer.query('create schema drill_restored');
  const wanted = { ...target, tables: ['products'] };
  for (const work of [
    () => carryTables.observe(wanted, context),
    () => carryTables.undo?.(wanted, context, nothing) ?? Promise.resolve(),
    () => dropWhatWasCarried.observe(target, context),
  ]) {
    await expect(work()).rejects.toMatchObject({ code: 'not-ours' });
  }
  expect(await schemas()).toEqual(['drill_restored']);
});
