import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql, SqlEngine } from '../../src/ports/sql.ts';
import { rowsApart } from '../../src/steps/data/rows-apart.ts';
import type { DatabasePair } from './servers/database.ts';
import { sqlTo } from './servers/sql.ts';

/** More than an answer of one text may have by default, which MariaDB cuts off at a megabyte. */
const LONG = `insert into long_keys
  select concat(repeat('k', 180), o.id, '-', p.id), 1, '2026-01-01'
  from (select id from orders where id between 5 and 1904) o cross join (select id from products order by id limit 3) p`;

/** Two servers that parted are compared with each other, in the words of their engine. */
export function testRowsApart(engine: SqlEngine, start: () => Promise<DatabasePair>): void {
  let pair: DatabasePair;
  let sql: Sql & { close(): Promise<void> };
  beforeAll(async () => {
    pair = await start();
    sql = sqlTo(engine, [pair.writer, pair.replica]);
  });
  afterAll(async () => {
    await sql?.close();
    await pair?.close();
  });

  const at = ({ identifier: instance }: { identifier: string }) => ({ region: 'eu-north-1', instance, name: 'shop' });
  const apart = (...tables: string[]) =>
    rowsApart(
      sql,
      { old: at(pair.writer), next: at(pair.replica) },
      { tables, checksums: tables, timeoutMs: 20_000, engine },
      new AbortController().signal,
    );
  const table = (name: string, only: number, changed: number, keys: string[]) => ({
    table: name,
    only,
    changed,
    keys,
    isMore: false,
  });

  test('of two servers that parted, the rows are found that only one holds, and those that differ', async () => {
    await pair.replica.promote();
    const same = await apart('orders', 'order_items', 'no_such_table');
    expect(same.apart).toEqual([table('orders', 0, 0, []), table('order_items', 0, 0, [])]);
    expect(same.trouble.no_such_table).toMatch(/relation "no_such_table" does not exist|^it is not there/);

    const [first, second, third] = (await pair.writer.query('select id from orders order by id limit 3')).map(
      ({ id }) => String(id),
    ) as [string, string, string];
    // One is changed on the old writer alone, one on both; the third was deleted on the new one.
    const earlier = (id: string, by: string) =>
      `update orders set created_at = created_at - interval '${by}' second where id = ${id}`;
    await pair.writer.query(earlier(first, '1'));
    await pair.writer.query(earlier(second, '1'));
    await pair.replica.query(earlier(second, '2'));
    await pair.replica.query(`delete from order_items where order_id = ${third}`);
    await pair.replica.query(`delete from orders where id = ${third}`);
    const [items] = await pair.writer.query(`select count(*) as n from order_items where order_id = ${third}`);

    const [orders, orderItems] = (await apart('orders', 'order_items')).apart;
    expect(orders).toMatchObject({ only: 1, changed: 2, isMore: false });
    expect(orders?.keys.toSorted()).toEqual([first, second, third].toSorted());
    expect(orderItems).toMatchObject({ only: Number(items?.n), changed: 0 });
  });

  test('thousands of rows with long keys are compared, and none is cut off', async () => {
    for (const server of [pair.writer, pair.replica]) {
      await server.query(
        'create table long_keys (name varchar(250) primary key, n int, created_at timestamp(6) not null)',
      );
      await server.query(LONG);
      await server.query(
        engine === 'postgres' ? 'grant select on long_keys to dr_drill' : "grant select on shop.* to dr_drill@'127.%'",
      );
    }
    expect(await apart('long_keys')).toEqual({ apart: [table('long_keys', 0, 0, [])], trouble: {} });
    await pair.replica.query('update long_keys set n = 2');
    await pair.replica.query("delete from long_keys where name like '%4-1'");
    const [long] = (await apart('long_keys')).apart;
    expect(long).toMatchObject({ only: expect.any(Number), isMore: false });
    expect((long?.only ?? 0) + (long?.changed ?? 0)).toBe(5_700);
    expect(long?.only).toBeGreaterThan(0);
  });

  test('a key of several columns, in several types, tells rows apart as well', async () => {
    const [bytes, raw] =
      engine === 'postgres'
        ? (['bytea', (hex: string) => `'\\x${hex}'::bytea`] as const)
        : (['varbinary(20)', (hex: string) => `x'${hex}'`] as const);
    for (const server of [pair.writer, pair.replica]) {
      await server.query(
        `create table pairs (region varchar(20), at date, raw ${bytes}, note varchar(20), created_at timestamp(6) not null, primary key (region, at, raw))`,
      );
      await server.query(
        `insert into pairs values ('a,b', '2026-01-01', ${raw('ff00')}, null, '2026-01-01'), ('süd', '2026-01-01', ${raw('ff01')}, 'null', '2026-01-01'), ('süd', '2026-01-01', ${raw('ff02')}, '', '2026-01-01')`,
      );
      if (engine === 'postgres') await server.query('grant select on pairs to dr_drill');
    }
    expect(await apart('pairs')).toEqual({ apart: [table('pairs', 0, 0, [])], trouble: {} });
    await pair.replica.query("update pairs set note = 'null' where note is null");
    await pair.replica.query("update pairs set note = null where note = ''");
    await pair.replica.query("delete from pairs where note = 'null' and region = 'süd'");
    expect((await apart('pairs')).apart).toMatchObject([{ only: 1, changed: 2 }]);
  });
}
