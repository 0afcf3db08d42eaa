import type { DataCheck } from '../../drill/data-check.ts';
import type { Query, Row } from '../../ports/sql.ts';

/** The name under which a database is asked a check: a simulated one knows those that come with the tool, and no others. */
export const queryOf = ({ check, sql, shipped }: DataCheck): Query => ({
  name: shipped ? check : `${OWN}${check}`,
  text: sql,
  readOnly: true,
});

/** Begins the name of a check that is the drill's own. */
export const OWN = 'own/';

/** One row a table: `{ table_name, rows }`, counting what existed at `asOfMs` (epoch milliseconds). */
export const rowCounts = (tables: readonly string[], asOfMs: number): Query => ({
  name: 'row-counts',
  text: tables
    .map((t) => `select '${t}' as table_name, count(*) as rows from ${t} where created_at <= to_timestamp($1 / 1000.0)`)
    .join(' union all '),
  values: [asOfMs],
  readOnly: true,
});

/** Whether an answer is as expected, and what it was, in words. */
export function judged(expect: string, rows: readonly Row[]): { ok: boolean; detail: string } {
  const [, , comparison, limit] = /^(no rows|rows|value (=|<|<=|>|>=) (-?[\d.]+))$/.exec(expect) ?? [];
  const found = rows.length === 0 ? 'none found' : `${rows.length} found`;
  if (comparison === undefined)
    return { ok: expect === 'no rows' ? rows.length === 0 : rows.length > 0, detail: found };
  const values = Object.values(rows[0] ?? {});
  const value = Number(values[0]);
  if (rows.length !== 1 || values.length !== 1 || values[0] === null || Number.isNaN(value))
    return { ok: false, detail: `one number was expected; ${rows.length} rows came` };
  return { ok: compare(value, comparison, Number(limit)), detail: `${value}, where ${comparison} ${limit} is wanted` };
}

function compare(value: number, comparison: string, limit: number): boolean {
  switch (comparison) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    default:
      return value === limit;
  }
}
