import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { loadDrill } from '../../src/drill/load.ts';
import type { EventOf, RunEvent } from '../../src/journal/events.ts';
import { liveSql } from '../../src/live/sql.ts';
import { checkData } from '../../src/steps/data/check-data.ts';
import { countRows } from '../../src/steps/data/count-rows.ts';
import type { StepContext } from '../../src/steps/step.ts';
import type { Pair } from './postgres/index.ts';
import { startShop } from './postgres/shop-pair.ts';

const [shown = ''] = /(?<=```sql\n)[\s\S]*?(?=```)/.exec(
  readFileSync('docs/src/content/docs/how-to/data-checks.md', 'utf8'),
) ?? [''];
const database = {
  engine: 'postgres' as const,
  region: 'ap-east-2',
  instance: 'ecommerce-db-primary',
  database: 'shop',
};
const signal = AbortSignal.timeout(60_000);

let pair: Pair;
let sql: ReturnType<typeof liveSql>;

beforeAll(async () => {
  pair = await startShop();
  const address = async () => ({ addresses: [pair.writer.host], ttlMs: 0 });
  sql = liveSql({
    locate: async () => ({ host: 'the.writer', port: 5432 }),
    login: { user: 'dr_drill', password: { from: 'iam' }, tls: 'off' },
    password: async () => 'a drill in the lab',
    dns: { resolve: address, authoritative: address },
    clock: realClock(),
    readOnly: false,
  });
});
afterAll(async () => {
  await sql.close();
  await pair.close();
});

type Checked = Pick<EventOf<'data-check'>, 'ok' | 'detail' | 'rows'>;

/** What the drill's data-check step makes of the database, with checks from files, by the check's name. */
async function checked(files: Record<string, string>, settings = 'tables: []'): Promise<Record<string, Checked>> {
  const folder = mkdtempSync(join(pair.lab.folder.path, 'own-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.sql`), text);
  const overrides = [`dataChecks={ shipped: false, files: [${folder}], ${settings} }`];
  const { tables, checksums, timeout, checks } = loadDrill('drills/snapshot-restore.yaml', { overrides }).drill
    .dataChecks;
  const found: Record<string, Checked> = {};
  const record = (event: RunEvent) => {
    if (event.type === 'data-check') found[event.check] = { ok: event.ok, detail: event.detail, rows: event.rows };
  };
  const context = { sql, signal, record } as unknown as StepContext;
  const looked = { ...database, tables: tables.filter((table) => table !== 'lost'), checksums, timeoutMs: timeout };
  const state = { done: false, state: null };
  const expected = await countRows.settle?.({ ...looked, asOfMs: Date.now() + 60_000 }, context, state, undefined);
  if (!expected) throw new Error('nothing was counted');
  await between();
  const given = { ...looked, tables, expected, tolerance: 0.02, checks };
  await checkData.settle?.(given, context, state, undefined);
  return found;
}

/** What happens to the data before they are checked. */
let between = async () => {};

const check = (expect: string, statement: string) => `-- title: ${statement}\n-- expect: ${expect}\n${statement};\n`;

test('the documentation’s own check passes on sound data, and finds what is not', async () => {
  expect((await checked({ readme: shown })).readme).toEqual({ ok: true, detail: 'none found', rows: [] });
  await pair.writer.query('create table kept as select * from order_items where order_id in (3, 4)');
  await pair.writer.query('delete from order_items where order_id in (3, 4)');
  const { readme } = await checked({ readme: shown });
  await pair.writer.query('insert into order_items select * from kept; drop table kept');
  expect(readme).toEqual({ ok: false, detail: '2 found', rows: expect.arrayContaining([3, 4]) });
});

test('each expectation is compared with the answer of PostgreSQL', async () => {
  const found = await checked({
    few: check('value >= 5000', 'select count(*) from orders'),
    enough: check('value >= 4000', 'select count(*) from orders'),
    exact: check('value = 0.5', 'select 0.50::numeric'),
    some: check('rows', 'select id from customers where id < 3'),
    empty: check('rows', 'select id from customers where id < 0'),
    nothing: check('value < 5', 'select max(id) from customers where id < 0'),
    many: check('no rows', 'select id from order_items'),
  });
  expect(Object.fromEntries(Object.entries(found).map(([name, { ok, detail }]) => [name, [ok, detail]]))).toMatchObject(
    {
      few: [false, '4000, where >= 5000 is wanted'],
      enough: [true, '4000, where >= 4000 is wanted'],
      exact: [true, '0.5, where = 0.5 is wanted'],
      some: [true, '2 found'],
      empty: [false, 'none found'],
      nothing: [false, 'one number was expected; null came'],
      many: [false, 'at least 1000 found'],
    },
  );
  expect(found.many?.rows).toHaveLength(20);
});

test('what would write is refused by PostgreSQL, what takes too long is ended, and either fails alone', async () => {
  const found = await checked(
    {
      writes: check('no rows', 'delete from dr_drill_heartbeat'),
      hangs: check('no rows', 'select pg_sleep(30)'),
      wrong: check('no rows', 'select id from nowhere'),
      sound: check('rows', 'select 1'),
    },
    'tables: [], timeout: 300 ms',
  );
  expect(found).toMatchObject({
    writes: {
      ok: false,
      detail: expect.stringMatching(/^a check may only read: .*cannot execute DELETE in a read-only/),
    },
    hangs: { ok: false, detail: expect.stringContaining('statement timeout') },
    wrong: { ok: false, detail: expect.stringContaining('relation "nowhere" does not exist') },
    sound: { ok: true },
  });
});

test('a table that is gone fails its own check, and a changed one its checksum, while others are compared', async () => {
  between = async () => {
    await pair.writer.query('update order_items set quantity = quantity + 1 where id = 5');
  };
  const found = await checked(
    { sound: check('rows', 'select 1') },
    'tables: [orders, lost], checksums: [products, order_items]',
  );
  between = async () => {};
  await pair.writer.query('update order_items set quantity = quantity - 1 where id = 5');
  expect(found).toMatchObject({
    'rows-of-orders': { ok: true, detail: '4000 rows, 4000 expected' },
    'rows-of-lost': { ok: false, detail: expect.stringContaining('relation "lost" does not exist') },
    'checksum-of-products': { ok: true },
    'checksum-of-order_items': { ok: false, detail: expect.stringMatching(/^the checksum is .* rows expected$/) },
  });
});
