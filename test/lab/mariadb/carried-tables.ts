import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/journal/events.ts';
import { carryTables } from '../../../src/steps/data/carry-tables.ts';
import { checkCarried } from '../../../src/steps/data/check-carried.ts';
import { dropWhatWasCarried } from '../../../src/steps/data/drop-carried.ts';
import { putRowsBack } from '../../../src/steps/data/put-back.ts';
import type { StepContext } from '../../../src/steps/step.ts';
import { carriedTo, nothing } from '../carrying.ts';
import { sqlTo } from '../servers/sql.ts';
import type { Pair } from './pair.ts';
import type { Programs } from './programs.ts';
import { elsewhere, startShop } from './shop-pair.ts';

/** What another character set, a time zone or the way of a number through text might spoil. */
const AWKWARD = `
  set sql_mode = '';
  create table \`Strange Things\` (id bigint unsigned primary key, amount decimal(65, 30), small float, large double, at timestamp(6) null,
    day date, moment datetime(3), span time(6), raw varbinary(20), fixed binary(4), doc json, feeling enum('so-so', 'it''s "fine"'),
    tags set('a', 'b'), flags bit(12), place point, plain varchar(20) character set latin1, note text, sized year,
    twice bigint unsigned generated always as (id * 2) stored);
  insert into \`Strange Things\` (id, amount, small, large, at, day, moment, span, raw, fixed, doc, feeling, tags, flags, place, plain, note, sized) values
    (18446744073709551615 div 2, 12345678901234567890.123456789, 0.1, 1e300, '2038-01-19 03:14:07.123456', '0000-00-00', '9999-12-31 23:59:59.999',
      '-838:59:58.999999', x'00ff5c27', x'01', '{"a": [1, "it''s \\\\"fine\\\\""]}', 'it''s "fine"', 'a,b', b'101010101010', st_geomfromtext('point(0.1 1e300)'),
      'Grüße', 'two\\nlines\\t\\\\ ''$1'' 🦀', 2026),
    (0, null, 16777217, 5e-324, null, '2026-02-30', null, null, '', null, null, null, '', b'0', null, '', 'null', null);
  create table pairs (region varchar(20) collate utf8mb4_general_ci, id binary(4), day date, at datetime, primary key (region, id, day));
  insert into pairs select elt(1 + mod(o.id, 3), 'Nord', 'süd', 'ost'), unhex(lpad(hex(o.id * 7919), 8, '0')), '2026-01-01' + interval i.id % 2 day, now()
    from orders o join products i on i.id <= 2;
  create table empty_one (id int primary key);
  create table keyless (id int);
`;

/** Tables carried from a second pair of servers into the first, as the drill does it. */
export function testCarriedTables({ engine, programs }: { engine: 'mariadb' | 'mysql'; programs: Programs }): void {
  const living = { engine, region: 'eu-north-1', instance: 'tickets-primary', database: 'shop' };
  const from = { ...living, instance: 'other-primary' };
  const target = { ...living, from, schema: 'drill_restored', drill: 'partial-restore' };
  const told: RunEvent[] = [];
  let pair: Pair;
  let restored: Pair;
  let sql: ReturnType<typeof sqlTo>;
  let context: StepContext;

  beforeAll(async () => {
    [pair, restored] = [await startShop(programs), await startShop(programs, elsewhere)];
    await restored.writer.query(AWKWARD);
    sql = sqlTo(engine, [pair.writer, restored.writer]);
    const record = (event: RunEvent) => void told.push(event);
    context = { sql, record, signal: AbortSignal.timeout(60_000), step: 'carry' } as unknown as StepContext;
  });
  afterAll(async () => {
    await sql?.close();
    await Promise.all([pair?.close(), restored?.close()]);
  });

  const carried = (tables: string[]) => carriedTo(target, tables, { context, told });

  const schemas = async () =>
    (await pair.writer.query("show databases like 'drill%'")).map((row) => String(Object.values(row)[0]));

  test('a login that may make no schema is told so, with what would allow it', async () => {
    await expect(carryTables.observe({ ...target, tables: ['products'] }, context)).rejects.toMatchObject({
      code: 'not-allowed',
      hint: 'Its owner can allow it: grant create, drop, select, insert, update on `drill_restored`.* to <the login>.',
    });
    await pair.writer.query("grant create, drop, select, insert, update on `drill\\_restored`.* to dr_drill@'127.%'");
    expect(await carryTables.observe({ ...target, tables: ['products'] }, context)).toMatchObject({ done: false });
  });

  test('tables arrive whole, and to the byte, beside those in use; a second try begins anew', async () => {
    for (const _ of ['once', 'again']) {
      const { rows, said } = await carried(['shop.orders', 'products', 'pairs', 'empty_one']);
      expect(rows).toEqual({ 'shop.orders': 2000, products: 50, pairs: 4000, empty_one: 0 });
      expect(said).toHaveLength(8);
      expect(said.filter((one) => !/ true: /.test(one))).toEqual([]);
    }
    expect(await pair.writer.query('select count(*) as n from drill_restored.pairs')).toEqual([{ n: 4000 }]);
    expect(await pair.writer.query('select count(*) as n from shop.orders')).toEqual([{ n: 2000 }]);
  });

  test('values that text or another character set would spoil arrive as they were', async () => {
    await restored.writer.query('alter table `Strange Things` rename to strange');
    const { said } = await carried(['strange']);
    expect(said.filter((one) => !/ true: /.test(one))).toEqual([]);
    const names = (await restored.writer.query('show columns from strange')).map(
      ({ Field }) => `hex(\`${Field}\`) as \`${Field}\``,
    );
    const all = `select ${names.join(', ')}, small + 0e0 as exactly, large as widely, cast(doc as char) as said, cast(at as char) as stamp, cast(span as char) as lasts from`;
    const there = await pair.writer.query(`${all} drill_restored.strange order by id`);
    expect(there).toEqual(await restored.writer.query(`${all} strange order by id`));
    expect(there).toMatchObject([
      { exactly: 16_777_216, widely: 5e-324, plain: '' },
      { exactly: 0.10000000149011612, widely: 1e300, plain: '4772FCDF65', lasts: '-838:59:58.999999' },
    ]);
  });

  test('a table without a primary key is named', async () => {
    await expect(carried(['keyless'])).rejects.toMatchObject({
      code: 'no-key',
      message: 'keyless has no primary key: MySQL and MariaDB cannot carry it over.',
    });
    await expect(carried(['no_such_table'])).rejects.toMatchObject({ code: 'no-table' });
  });

  test('a page that is written a second time changes nothing', async () => {
    const asked: string[] = [];
    const twice = {
      ...sql,
      async query(...[database, query, limit]: Parameters<typeof sql.query>) {
        if (query.name === 'carry.write') asked.push(query.name);
        if (query.name === 'carry.write') await sql.query(database, query, limit);
        return sql.query(database, query, limit);
      },
    };
    const wanted = { ...target, tables: ['pairs'] };
    await carryTables.apply?.(wanted, { ...context, sql: twice }, nothing);
    expect(asked.length).toBeGreaterThan(3);
    expect(await checkCarried.settle?.(wanted, context, nothing, undefined)).toEqual({ failed: [] });
  });

  test('what did not arrive, or arrived otherwise, fails the comparison', async () => {
    await carried(['products', 'customers']);
    await pair.writer.query(
      'update drill_restored.products set stock = 0 where id = 7; update drill_restored.customers set email = upper(email) where id = 2; delete from drill_restored.customers where id = 1',
    );
    const wanted = { ...target, tables: ['products', 'customers'] };
    expect(await checkCarried.settle?.(wanted, context, nothing, undefined)).toEqual({
      failed: ['carried-contents-products', 'carried-customers', 'carried-contents-customers'],
    });
  });

  test('rows that are gone are put back, what is there stays, and undone only what was put back goes', async () => {
    await restored.writer.query('alter table customers add doubled bigint generated always as (length(email)) stored');
    await pair.writer.query('alter table customers add doubled bigint generated always as (length(email)) stored');
    await carried(['customers']);
    await pair.writer.query(
      "delete from customers where id <= 5; update customers set email = 'dearer' where id = 6; update customers set email = 'customer5@example.com' where id = 7",
    );
    await pair.writer.query("grant insert, delete, select, update on shop.customers to dr_drill@'127.%'");
    const wanted = { ...target, tables: ['customers'] };
    // One has its unique address taken meanwhile. Asked again, it puts nothing back a second time and gives the same number.
    for (const _ of ['once', 'again']) {
      expect(await putRowsBack.apply?.(wanted, context, nothing)).toEqual({ customers: 4 });
    }
    const names = async () =>
      (await pair.writer.query('select email from customers where id <= 7 order by id')).map(({ email }) => email);
    const [first, second, third, fourth] = [1, 2, 3, 4].map((id) => `customer${id}@example.com`);
    expect(await names()).toEqual([first, second, third, fourth, 'dearer', 'customer5@example.com']);
    // Someone changes one of them, if only its case.
    await pair.writer.query('update customers set email = upper(email) where id = 2');
    await putRowsBack.undo?.(wanted, context, nothing);
    expect(await names()).toEqual(['CUSTOMER2@EXAMPLE.COM', 'dearer', 'customer5@example.com']);
  });

  test('the schema is dropped again, and another one of that name is left alone, full or empty', async () => {
    await carried(['products']);
    expect(await schemas()).toEqual(['drill_restored']);
    await dropWhatWasCarried.apply?.(target, context, nothing);
    expect(await schemas()).toEqual([]);
    expect(await dropWhatWasCarried.observe(target, context)).toMatchObject({ done: true });
    const wanted = { ...target, tables: ['products'] };
    await pair.writer.query('create schema drill_restored');
    const looks = [
      () => carryTables.observe(wanted, context),
      () => dropWhatWasCarried.observe(target, context),
      () => Promise.resolve(dropWhatWasCarried.apply?.(target, context, nothing)),
    ];
    for (const work of looks) await expect(work()).rejects.toMatchObject({ code: 'not-ours' });
    await pair.writer.query('create table drill_restored.theirs (id int)');
    const undo = () => carryTables.undo?.(wanted, context, nothing) ?? Promise.resolve();
    for (const work of [...looks, undo]) await expect(work()).rejects.toMatchObject({ code: 'not-ours' });
    expect(await schemas()).toEqual(['drill_restored']);
    await pair.writer.query('drop schema drill_restored');
  });

  test('a schema that a run could not mark any more is its own, once it has looked and begun', async () => {
    const wanted = { ...target, tables: ['products'] };
    await carryTables.observe(wanted, context);
    await pair.writer.query('create schema drill_restored');
    expect(await carryTables.apply?.(wanted, context, nothing)).toEqual({ products: 50 });
    await dropWhatWasCarried.apply?.(target, context, nothing);
    await pair.writer.query('create schema drill_restored');
    await carryTables.undo?.(wanted, context, nothing);
    expect(await schemas()).toEqual([]);
  });
}
