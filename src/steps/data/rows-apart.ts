import type { Database, Query, Row, Sql } from '../../ports/sql.ts';
import { type Dialect, inEach, type Key } from './dialects/index.ts';
import { CONNECTING_MS, columnsOf, isAboutQuery, type LookedAt } from './table-contents.ts';

/** What an old writer holds of a table that the new one does not. */
export interface Apart {
  table: string;
  /** Rows whose key only the old writer has. */
  only: number;
  /** Rows that both have, with other contents. */
  changed: number;
  /** Some of their keys. */
  keys: string[];
  /** There are more than could be counted. */
  isMore: boolean;
}

/** A table is compared in so many parts, and rows are read of those alone that differ. */
const PARTS = 500;
/** So many rows of a table are read from each side at most. */
const ROWS_READ = 10_000;
const KEYS_SHOWN = 5;

interface Asked {
  table: string;
  keys: Key[];
  columns: string[];
  untilMs: number;
  forAtMostMs: number;
}

/** Holds each table of an old writer against the new one; what could not be looked at is said by table. */
export async function rowsApart(
  sql: Sql,
  { old, next }: { old: Database; next: Database },
  { tables: counted, checksums, timeoutMs, engine }: LookedAt,
  signal: AbortSignal,
): Promise<{ apart: Apart[]; trouble: Record<string, string> }> {
  const tables = [...new Set([...counted, ...checksums])];
  const limit = { timeoutMs: timeoutMs + CONNECTING_MS, signal };
  const ask = (database: Database, query: Query) => sql.query(database, query, limit);
  const trouble: Record<string, string> = {};
  const apart: Apart[] = [];
  for (const table of tables) {
    try {
      const keys = (await ask(old, keyColumns(table, timeoutMs)))
        .map((row) => ({ name: String(row.column_name), isBytes: Boolean(row.is_bytes) }))
        .toSorted((one, other) => one.name.localeCompare(other.name, 'en'));
      if (keys.length === 0) {
        trouble[table] = 'it is not there, or has no primary key';
        continue;
      }
      const columns = engine === 'postgres' ? [] : await columnsIn(ask, old, table, timeoutMs);
      const [newest] = await ask(old, newestRow(table, timeoutMs));
      const asked = { table, keys, columns, untilMs: Number(newest?.newest ?? 0), forAtMostMs: timeoutMs };
      apart.push(await apartIn(ask, { old, next }, asked));
    } catch (error) {
      signal.throwIfAborted();
      if (!isAboutQuery(error)) throw error;
      trouble[table] = (error as Error).message;
    }
  }
  return { apart, trouble };
}

async function apartIn(
  ask: (database: Database, query: Query) => Promise<Row[]>,
  { old, next }: { old: Database; next: Database },
  asked: Asked,
): Promise<Apart> {
  const [before, after] = [byPart(await ask(old, parts(asked))), byPart(await ask(next, parts(asked)))];
  const differing = [...before].filter(([part, { total }]) => after.get(part)?.total !== total).map(([part]) => part);
  const read: number[] = [];
  let [left, unread] = [ROWS_READ, 0];
  for (const part of differing) {
    const [there, here] = [before.get(part)?.count ?? 0, after.get(part)?.count ?? 0];
    const most = Math.max(there, here);
    // That a part holds more rows than its counterpart is certain without a look at them.
    if (most > left) unread += Math.max(0, there - here);
    else {
      left -= most;
      read.push(part);
    }
  }
  const isMore = read.length < differing.length;
  if (read.length === 0) return { table: asked.table, only: unread, changed: 0, keys: [], isMore };
  const [was, is] = [contents(await ask(old, rowsIn(asked, read))), contents(await ask(next, rowsIn(asked, read)))];
  const only = [...was.keys()].filter((key) => !is.has(key));
  const changed = [...was].filter(([key, text]) => is.has(key) && is.get(key) !== text).map(([key]) => key);
  const keys = [...only, ...changed].slice(0, KEYS_SHOWN);
  return { table: asked.table, only: only.length + unread, changed: changed.length, keys, isMore };
}

const byPart = (rows: readonly Row[]) =>
  new Map(
    rows.map(({ part, row_count: count, total }) => [Number(part), { count: Number(count), total: String(total) }]),
  );

async function columnsIn(
  ask: (database: Database, query: Query) => Promise<Row[]>,
  database: Database,
  table: string,
  forAtMostMs: number,
): Promise<string[]> {
  return (await ask(database, columnsOf([table], forAtMostMs))).map((row) => String(row.column_name));
}

/** Each row's key, with what represents its contents. */
const contents = ([row]: readonly Row[]): Map<string, string> =>
  new Map(JSON.parse(String(row?.found ?? '[]')) as [string, string][]);

/** One row a column: `{ column_name, is_bytes }`. */
const keyColumns = (table: string, forAtMostMs: number): Query => ({
  name: 'apart.keys',
  text: inEach(({ keyColumns }) => keyColumns(table)),
  readOnly: { forAtMostMs },
  about: { schema: '', table },
});

/** One row: `{ newest }`, in epoch milliseconds. */
const newestRow = (table: string, forAtMostMs: number): Query => ({
  name: 'apart.newest',
  text: inEach(({ millis }) => `select ${millis('max(created_at)')} as newest from ${table}`),
  readOnly: { forAtMostMs },
  about: { schema: '', table },
});

/** One row a part: `{ part, row_count, total }`, the total the same for the same rows. What came in later than the old writer's newest row is left out. */
const parts = (asked: Asked): Query => ({
  name: 'apart.parts',
  text: inEach(
    (dialect) =>
      `select ${dialect.hash('row_key')} % ${PARTS} as part, count(*) as row_count, sum(${dialect.hash("concat(row_key, ' ', row_text)")}) as total from (${rowsOf(asked)(dialect)}) each_row group by 1`,
  ),
  ...of(asked),
});

/** One row: `{ found }`, a JSON list of keys with what represents the contents of their rows. */
const rowsIn = (asked: Asked, read: readonly number[]): Query => ({
  name: 'apart.rows',
  text: inEach((dialect) =>
    dialect.pairs(
      'row_key',
      'row_text',
      `(${rowsOf(asked)(dialect)}) each_row where ${dialect.hash('row_key')} % ${PARTS} in (${read.join(', ')})`,
    ),
  ),
  ...of(asked),
});

const rowsOf =
  ({ table, keys, columns }: Asked) =>
  ({ rows, moment }: Dialect): string =>
    `${rows(table, keys, columns)} where created_at <= ${moment('$1')}`;

const of = ({ table, untilMs, forAtMostMs }: Asked): Omit<Query, 'name' | 'text'> => ({
  values: [untilMs],
  readOnly: { forAtMostMs },
  about: { schema: '', table },
});
