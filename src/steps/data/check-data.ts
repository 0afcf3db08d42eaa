import * as z from 'zod';
import { dataCheckSchema } from '../../drill/data-check.ts';
import { percentage } from '../../drill/quantities.ts';
import type { Row } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, earlierStep, given } from '../given.ts';
import { defineStep } from '../step.ts';
import { judged, queryOf } from './checks.ts';
import { countsOf } from './count-rows.ts';
import { psql } from './psql.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  expected: z.object({ asOfMs: z.number(), counts: z.record(z.string(), z.number()) }),
  tolerance: z.number(),
  tables: z.array(z.string()),
  checks: z.array(dataCheckSchema),
});

type Expected = z.output<typeof params>['expected'];

/**
 * Asks whether the data hang together: a database that answers may still be wrong. Failed checks decide the verdict.
 * Where nobody can log in nothing is checked, and nothing is proven.
 */
export const checkData = defineStep<z.output<typeof params>, { failed: string[] }>({
  kind: 'data.check-data',
  params,
  given: given(
    z.strictObject({
      ...databaseGiven,
      expected: earlierStep.describe('The step that counted the rows to expect.'),
      tolerance: percentage.default(0.02),
    }),
    ({ expected, tolerance, ...asked }, around) => ({
      ...databaseOf(asked, around),
      expected: around.result<Expected>(expected, { asOfMs: 0, counts: {} }),
      tolerance,
      tables: around.dataChecks.tables,
      checks: around.dataChecks.checks,
    }),
  ),
  plane: 'data',
  title: ({ instance }) => `Check the data on ${instance}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    target.checks.length === 0
      ? '# no check'
      : `${psql(target, oneLine(target.checks[0]?.sql ?? ''))}  # and ${target.checks.length - 1} more`,
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance, database, expected, tolerance, tables, checks }, { sql, signal, record }) {
    if (sql.withoutLogin) return { failed: ['not-checked'] };
    const target = { region, instance, name: database };
    const failed: string[] = [];
    const note = (check: string, title: string, ok: boolean | null, detail: string, rows: (string | number)[] = []) => {
      if (ok === false) failed.push(check);
      record({ type: 'data-check', check, title, instance, ok, detail, rows });
    };

    const counts = await countsOf(sql, target, tables, expected.asOfMs, signal);
    for (const table of tables) {
      const have = counts[table];
      const want = expected.counts[table] ?? 0;
      const ok = have !== undefined && Math.abs(have - want) <= want * tolerance;
      const detail = have === undefined ? 'the table is missing' : `${have} rows, ${want} expected`;
      note(`rows-of-${table}`, `${table} is there, with the rows expected`, ok, detail);
    }

    for (const one of checks) {
      const { check, title, expect } = one;
      try {
        const rows = await sql.query(target, queryOf(one), { timeoutMs: 60_000, signal });
        const { ok, detail } = judged(expect, rows);
        note(check, title, ok, detail, ok ? [] : rows.slice(0, MOST_ROWS).map(firstOf));
      } catch (error) {
        signal.throwIfAborted();
        const { name, message } = error as Error;
        if (name === 'NotSimulated') note(check, title, null, message);
        // What the database has to say of the check itself decides; that it is not there at all fails the step.
        else if (name === 'QueryFailed' || name === 'ReadOnly') note(check, title, false, message);
        else throw error;
      }
    }
    return { failed };
  },
});

/** So many offending rows stand on record. */
const MOST_ROWS = 20;

/** A row by its first value, which is most often its key. */
function firstOf(row: Row): string | number {
  const [first = ''] = Object.values(row);
  return typeof first === 'number' ? first : String(first);
}

const oneLine = (sql: string): string =>
  sql
    .replace(/--[^\n]*\n/g, '')
    .replace(/\s+/g, ' ')
    .trim();
