import { type DataCheck, expectationPattern } from '../../drill/data-check.ts';
import type { Engine, Query, Row } from '../../ports/sql.ts';

/** The name under which a database is asked a check: a simulated one knows those that come with the tool, and no others. */
export const queryOf = ({ check, sql, shipped }: DataCheck, forAtMostMs: number): Query => ({
  name: shipped ? check : `${OWN}${check}`,
  text: sql,
  readOnly: { forAtMostMs },
});

/** The checks that are made in an engine: its own, and those that every engine understands. */
export const madeIn = (engine: Engine, checks: readonly DataCheck[]): DataCheck[] =>
  checks.filter((one) => one.engine === undefined || one.engine === engine);

/** Begins the name of a check that is the drill's own. */
export const OWN = 'own/';

/** Whether an answer is as expected, and what it was, in words. `upTo` is how many rows were read at most. */
export function judged(expect: string, rows: readonly Row[], upTo = Number.POSITIVE_INFINITY) {
  const [, , comparison, limit] = expectationPattern.exec(expect) ?? [];
  if (comparison === undefined) {
    const found = `${rows.length < upTo ? '' : 'at least '}${rows.length} found`;
    const ok = expect === 'no rows' ? rows.length === 0 : rows.length > 0;
    return { ok, detail: rows.length === 0 ? 'none found' : found };
  }
  const values = Object.values(rows[0] ?? {});
  const value = numberIn(values[0]);
  if (rows.length !== 1 || values.length !== 1 || value === undefined)
    return { ok: false, detail: `one number was expected; ${whatCame(rows, values)} came` };
  return { ok: compare(value, comparison, Number(limit)), detail: `${value}, where ${comparison} ${limit} is wanted` };
}

/** Numbers too long for a number come as text. */
const numberIn = (value: Row[string] | undefined): number | undefined =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) ? Number(value) : undefined;

function whatCame(rows: readonly Row[], values: readonly Row[string][]): string {
  if (rows.length !== 1) return `${rows.length === 0 ? 'no' : rows.length} rows`;
  return values.length === 1 ? JSON.stringify(values[0]) : `a row of ${values.length} columns`;
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
