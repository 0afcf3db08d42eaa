import * as z from 'zod';
import { percentage } from '../../drill/quantities.ts';
import { databaseGiven, databaseOf, earlierStep, given } from '../given.ts';
import { defineStep } from '../step.ts';
import { integrityChecks, tables } from './checks.ts';
import { countsOf } from './count-rows.ts';
import { psql } from './psql.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  expected: z.object({ asOfMs: z.number(), counts: z.record(z.string(), z.number()) }),
  tolerance: z.number(),
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
    }),
  ),
  plane: 'data',
  title: ({ instance }) => `Check the data on ${instance}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    `${psql(target, integrityChecks[0]?.query.text ?? '')}  # and ${integrityChecks.length - 1} more`,
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance, database, expected, tolerance }, { sql, signal, record }) {
    if (sql.withoutLogin) return { failed: ['not-checked'] };
    const target = { region, instance, name: database };
    const failed: string[] = [];
    const note = (check: string, title: string, ok: boolean, detail: string, rows: (string | number)[] = []) => {
      if (!ok) failed.push(check);
      record({ type: 'data-check', check, title, instance, ok, detail, rows });
    };

    const counts = await countsOf(sql, target, expected.asOfMs, signal);
    for (const table of tables) {
      const have = counts[table];
      const want = expected.counts[table] ?? 0;
      const ok = have !== undefined && Math.abs(have - want) <= want * tolerance;
      const detail = have === undefined ? 'the table is missing' : `${have} rows, ${want} expected`;
      note(`rows-of-${table}`, `${table} is there, with the rows expected`, ok, detail);
    }

    for (const { check, title, query } of integrityChecks) {
      const rows = await sql.query(target, query, { timeoutMs: 60_000, signal });
      const ids = rows.map((row) => (typeof row.id === 'number' ? row.id : String(row.id)));
      note(check, title, ids.length === 0, ids.length === 0 ? 'none found' : `${ids.length} found`, ids);
    }
    return { failed };
  },
});
