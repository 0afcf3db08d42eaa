import * as z from 'zod';
import { checksumOf, rowsOf } from '../../drill/data-check.ts';
import { type Database, ENGINES, type Engine, type Query, type Row, type Sql } from '../../ports/sql.ts';
import { inEach } from './dialects/index.ts';

/** What is looked at in tables, as a drill says it under `dataChecks`. */
export const lookedAtSchema = z.object({
  tables: z.array(z.string()),
  checksums: z.array(z.string()),
  timeoutMs: z.number(),
  engine: z.enum(ENGINES),
});

export type LookedAt = z.output<typeof lookedAtSchema>;

export const lookedAt = (
  { tables, checksums, timeout }: { tables: string[]; checksums: string[]; timeout: number },
  engine: Engine,
): LookedAt => ({ tables, checksums, timeoutMs: timeout, engine });

/** What tables hold of what there was at `asOfMs`. A table that is not named could not be looked at. */
export const contentsSchema = z.object({
  asOfMs: z.number(),
  counts: z.record(z.string(), z.number()).default({}),
  checksums: z.record(z.string(), z.string()).default({}),
});

export type Contents = z.output<typeof contentsSchema>;

/** A transaction may be open for a while: what is newer than this is not compared with another database to the byte. */
const SETTLED_MS = 60_000;

const asOf = (moment: (value: string) => string): string => `created_at <= ${moment('$1')}`;

/** One row a table: `{ table_name, rows }`, counting what existed at `asOfMs` (epoch milliseconds). */
export const rowCounts = (tables: readonly string[], asOfMs: number, forAtMostMs: number): Query => ({
  name: 'row-counts',
  text: inEach(({ moment }) =>
    tables
      // `rows` is a word of MySQL's own.
      .map((t) => `select '${t}' as table_name, count(*) as row_count from ${t} where ${asOf(moment)}`)
      .join(' union all '),
  ),
  values: [asOfMs],
  readOnly: { forAtMostMs },
});

/** One row a column, in order: `{ table_name, column_name }`, for an engine whose rows have no text of their own. */
export const columnsOf = (tables: readonly string[], forAtMostMs: number): Query => ({
  name: 'table-columns',
  text: tables
    .map((table) => {
      const [name, schema] = table.split('.').toReversed();
      const place = schema === undefined ? 'database()' : `'${schema}'`;
      return `(select '${table}' as table_name, column_name as column_name from information_schema.columns where table_schema = ${place} and table_name = '${name}' order by ordinal_position limit 4096)`;
    })
    .join(' union all '),
  readOnly: { forAtMostMs },
});

/** One row a table: `{ table_name, checksum }`, the same whatever the order of the rows. */
export const checksums = (
  tables: readonly string[],
  asOfMs: number,
  forAtMostMs: number,
  columns: Record<string, string[]> = {},
): Query => ({
  name: 'checksums',
  text: inEach(({ checksum, moment }) =>
    tables.map((t) => checksum(t, columns[t] ?? [], asOf(moment))).join(' union all '),
  ),
  values: [asOfMs],
  readOnly: { forAtMostMs },
});

/** Connecting takes time of its own. */
export const CONNECTING_MS = 10_000;

/** Counts rows, and sums up the contents of tables that want it; empty where nobody can log in. */
export async function contentsOf(
  sql: Sql,
  database: Database,
  { tables, checksums: summed, timeoutMs, engine }: LookedAt,
  asOfMs: number,
  signal: AbortSignal,
): Promise<Contents> {
  const options = { timeoutMs: timeoutMs + CONNECTING_MS, signal };
  const isLeftOut = sql.withoutLogin?.(database) ?? false;
  const ask = async (wanted: readonly string[], query: () => Query): Promise<Row[]> =>
    isLeftOut || wanted.length === 0 ? [] : sql.query(database, query(), options);
  const counts = await ask(tables, () => rowCounts(tables, asOfMs, timeoutMs));
  const columns: Record<string, string[]> = {};
  if (engine !== 'postgres')
    for (const { table_name: table, column_name: column } of await ask(summed, () => columnsOf(summed, timeoutMs)))
      columns[String(table)] = [...(columns[String(table)] ?? []), String(column)];
  const sums = await ask(summed, () => checksums(summed, asOfMs - SETTLED_MS, timeoutMs, columns));
  return {
    asOfMs,
    counts: Object.fromEntries(counts.map((row) => [String(row.table_name), Number(row.row_count)])),
    checksums: Object.fromEntries(sums.map((row) => [String(row.table_name), String(row.checksum)])),
  };
}

/**
 * The same of a database that may lack something: what is wrong with a table is said of that table, by the check's name, and hinders no
 * other.
 */
export async function contentsFound(
  sql: Sql,
  database: Database,
  wanted: LookedAt,
  asOfMs: number,
  signal: AbortSignal,
): Promise<{ found: Contents; trouble: Record<string, string> }> {
  const trouble: Record<string, string> = {};
  try {
    return { found: await contentsOf(sql, database, wanted, asOfMs, signal), trouble };
  } catch (error) {
    signal.throwIfAborted();
    if (!isAboutQuery(error)) throw error;
  }
  const found: Contents = { asOfMs, counts: {}, checksums: {} };
  const nothing = { ...wanted, tables: [], checksums: [] };
  const single = [
    ...wanted.tables.map((table) => ({ check: rowsOf(table), of: { ...nothing, tables: [table] } })),
    ...wanted.checksums.map((table) => ({ check: checksumOf(table), of: { ...nothing, checksums: [table] } })),
  ];
  for (const { check, of } of single) {
    try {
      const { counts, checksums } = await contentsOf(sql, database, of, asOfMs, signal);
      Object.assign(found.counts, counts);
      Object.assign(found.checksums, checksums);
    } catch (error) {
      signal.throwIfAborted();
      if (!isAboutQuery(error)) throw error;
      trouble[check] = (error as Error).message;
    }
  }
  return { found, trouble };
}

/** The database answered, and what it said is about the question: that it is not there at all is another matter. */
export const isAboutQuery = (error: unknown): boolean =>
  error instanceof Error && ['QueryFailed', 'ReadOnly', 'TookTooLong'].includes(error.name);
