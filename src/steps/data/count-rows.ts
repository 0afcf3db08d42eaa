import * as z from 'zod';
import { isoTime } from '../../clock/clock.ts';
import type { Database, Sql } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, earlierStep, given, NOT_YET_MS } from '../given.ts';
import { defineStep } from '../step.ts';
import { rowCounts } from './checks.ts';
import { psql } from './psql.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  tables: z.array(z.string()),
  asOfMs: z.number(),
});

export type RowCounts = Record<string, number>;

/** Counts each table's rows on the living source, as of the moment that a restore should reach. */
export const countRows = defineStep<z.output<typeof params>, { asOfMs: number; counts: RowCounts }>({
  kind: 'data.count-rows',
  params,
  given: given(
    z.strictObject({ ...databaseGiven, point: earlierStep.describe('The step that chose the recovery point.') }),
    (asked, around) => ({
      ...databaseOf(asked, around),
      tables: around.dataChecks.tables,
      asOfMs: around.result(asked.point, { timeMs: NOT_YET_MS }).timeMs,
    }),
  ),
  plane: 'data',
  title: ({ instance, asOfMs }) => `Count the rows of ${instance} as of ${isoTime(asOfMs)}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    `${psql(target, `select count(*) from ${target.tables[0]} where created_at <= '${isoTime(target.asOfMs)}'`)}  # and so for each table`,
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance, database, tables, asOfMs }, { sql, signal }) {
    return { asOfMs, counts: await countsOf(sql, { region, instance, name: database }, tables, asOfMs, signal) };
  },
});

/** Empty where nobody can log in. */
export async function countsOf(
  sql: Sql,
  database: Database,
  tables: readonly string[],
  asOfMs: number,
  signal: AbortSignal,
): Promise<RowCounts> {
  if (sql.withoutLogin || tables.length === 0) return {};
  const rows = await sql.query(database, rowCounts(tables, asOfMs), { timeoutMs: 60_000, signal });
  return Object.fromEntries(rows.map((row) => [String(row.table_name), Number(row.rows)]));
}
