import * as z from 'zod';
import { checksumOf, rowsOf } from '../../drill/data-check.ts';
import type { Database, Query, Sql } from '../../ports/sql.ts';

/** What is looked at in tables, as a drill says it under `dataChecks`. */
export const lookedAtSchema = z.object({
  tables: z.array(z.string()),
  checksums: z.array(z.string()),
  timeoutMs: z.number(),
});

export type LookedAt = z.output<typeof lookedAtSchema>;

export const lookedAt = ({
  tables,
  checksums,
  timeout,
}: {
  tables: string[];
  checksums: string[];
  timeout: number;
}) => ({
  tables,
  checksums,
  timeoutMs: timeout,
});

/** What tables hold of what there was at `asOfMs`. A table that is not named could not be looked at. */
export const contentsSchema = z.object({
  asOfMs: z.number(),
  counts: z.record(z.string(), z.number()).default({}),
  checksums: z.record(z.string(), z.string()).default({}),
});

export type Contents = z.output<typeof contentsSchema>;

/** A transaction may be open for a while: what is newer than this is not held against another database to the byte. */
const SETTLED_MS = 60_000;

const asOf = 'created_at <= to_timestamp($1 / 1000.0)';

/** One row a table: `{ table_name, rows }`, counting what existed at `asOfMs` (epoch milliseconds). */
export const rowCounts = (tables: readonly string[], asOfMs: number, forAtMostMs: number): Query => ({
  name: 'row-counts',
  text: tables.map((t) => `select '${t}' as table_name, count(*) as rows from ${t} where ${asOf}`).join(' union all '),
  values: [asOfMs],
  readOnly: { forAtMostMs },
});

/** One row a table: `{ table_name, checksum }`, the same whatever the order of the rows. */
export const checksums = (tables: readonly string[], asOfMs: number, forAtMostMs: number): Query => ({
  name: 'checksums',
  text: tables
    .map(
      (t) =>
        `select '${t}' as table_name, coalesce(sum(('x' || left(md5(each::text), 16))::bit(64)::bigint), 0)::text || ' over ' || count(*) || ' rows' as checksum from ${t} each where ${asOf}`,
    )
    .join(' union all '),
  values: [asOfMs],
  readOnly: { forAtMostMs },
});

/** Connecting takes time of its own. */
export const CONNECTING_MS = 10_000;

/** Counts rows, and sums up the contents of tables that want it; empty where nobody can log in. */
export async function contentsOf(
  sql: Sql,
  database: Database,
  { tables, checksums: summed, timeoutMs }: LookedAt,
  asOfMs: number,
  signal: AbortSignal,
): Promise<Contents> {
  const options = { timeoutMs: timeoutMs + CONNECTING_MS, signal };
  const ask = async (query: Query, column: string, wanted: readonly string[]): Promise<[string, string | number][]> => {
    if (sql.withoutLogin || wanted.length === 0) return [];
    const rows = await sql.query(database, query, options);
    return rows.map((row) => [String(row.table_name), row[column] as string | number]);
  };
  const counts = await ask(rowCounts(tables, asOfMs, timeoutMs), 'rows', tables);
  const sums = await ask(checksums(summed, asOfMs - SETTLED_MS, timeoutMs), 'checksum', summed);
  return {
    asOfMs,
    counts: Object.fromEntries(counts.map(([table, rows]) => [table, Number(rows)])),
    checksums: Object.fromEntries(sums.map(([table, sum]) => [table, String(sum)])),
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
  const nothing = { tables: [], checksums: [], timeoutMs: wanted.timeoutMs };
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
