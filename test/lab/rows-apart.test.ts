import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sql, textIn } from '../../src/ports/sql.ts';
import { rowsApart } from '../../src/steps/data/rows-apart.ts';
import type { Pair } from './postgres/index.ts';
import { startShop } from './postgres/shop-pair.ts';

const old = { region: 'ap-east-2', instance: 'old', name: 'shop' };
const next = { region: 'ap-northeast-1', instance: 'next', name: 'shop' };

let pair: Pair;
beforeAll(async () => {
  pair = await startShop();
});
afterAll(() => pair.close());

/** The statements as PostgreSQL gets them. */
const sql: Sql = {
  async query({ instance }, query) {
    const server = instance === old.instance ? pair.writer : pair.replica;
    try {
      const rows = await server.query(textIn('postgres', query), [...(query.values ?? [])]);
      return rows as Awaited<ReturnType<Sql['query']>>;
    } catch (error) {
      throw Object.assign(error as Error, { name: 'QueryFailed' });
    }
  },
};

const wanted = {
  tables: ['orders', 'no_such_table'],
  checksums: ['orders', 'order_items'],
  timeoutMs: 10_000,
  engine: 'postgres' as const,
};
const apart = () => rowsApart(sql, { old, next }, wanted, new AbortController().signal);
const table = (name: string, only: number, changed: number, keys: string[]) => ({
  table: name,
  only,
  changed,
  keys,
  isMore: false,
});

test('of two servers that parted, the rows are found that only one holds, and those that differ', async () => {
  await pair.replica.promote();
  const same = await apart();
  expect(same.apart).toEqual([table('orders', 0, 0, []), table('order_items', 0, 0, [])]);
  expect(same.trouble.no_such_table).toMatch(/relation "no_such_table" does not exist/);

  const [first, second, third] = (await pair.writer.query('select id from orders order by id limit 3')).map(({ id }) =>
    String(id),
  ) as [string, string, string];
  // One is changed on the old writer alone, one on both; the third was deleted on the new one.
  await pair.writer.query("update orders set created_at = created_at - interval '1 s' where id = $1", [first]);
  await pair.writer.query("update orders set created_at = created_at - interval '1 s' where id = $1", [second]);
  await pair.replica.query("update orders set created_at = created_at - interval '2 s' where id = $1", [second]);
  await pair.replica.query('delete from order_items where order_id = $1', [third]);
  await pair.replica.query('delete from orders where id = $1', [third]);
  const [items] = await pair.writer.query('select count(*)::int as rows from order_items where order_id = $1', [third]);

  const found = (await apart()).apart;
  expect(found[0]).toMatchObject({ only: 1, changed: 2, isMore: false });
  expect(found[0]?.keys.toSorted()).toEqual([first, second, third].toSorted());
  expect(found[1]).toMatchObject({ only: items?.rows, changed: 0 });
});
