import * as z from 'zod';
import { sqlOf } from '../../components/schemas.ts';
import { dataCheckSchema } from '../../drill/data-check.ts';
import { percentage } from '../../drill/quantities.ts';
import { onOneLine } from '../../drill/sql-text.ts';
import { NOBODY_LOGS_IN, ROWS_AT_MOST, type Row } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, earlierStep, given, sqlStore } from '../given.ts';
import { loginTo } from '../needs.ts';
import { defineStep } from '../step.ts';
import { judged, madeIn, queryOf } from './checks.ts';
import { clientLine } from './client-line.ts';
import { type Compared, compared } from './compare-tables.ts';
import {
  CONNECTING_MS,
  type Contents,
  contentsFound,
  contentsSchema,
  isAboutQuery,
  lookedAt,
  lookedAtSchema,
} from './table-contents.ts';
import { askingAgain } from './takes-writes.ts';
import { hasNoLogin, targetSchema } from './target.ts';

const params = targetSchema.extend({
  ...lookedAtSchema.shape,
  expected: contentsSchema,
  tolerance: z.number(),
  checks: z.array(dataCheckSchema),
});

/**
 * Asks whether the data is consistent: a database that answers may still be wrong. Failed checks decide the verdict.
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
      expected: around.result<Contents>(expected, { asOfMs: 0, counts: {}, checksums: {} }),
      tolerance,
      ...lookedAt(around.dataChecks, sqlOf(sqlStore(around)).engine),
      checks: madeIn(sqlOf(sqlStore(around)).engine, around.dataChecks.checks),
    }),
  ),
  needs: (target) => [loginTo(target, 'proof')],
  plane: 'data',
  title: ({ instance }) => `Check the data on ${instance}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    target.checks.length === 0 ? '# no check' : clientLine(target, ...target.checks.map(({ sql }) => onOneLine(sql))),
  doneWhen: () => 'No check shows a row. A count shows what was counted on the source.',
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance, database, expected, tolerance, checks, ...wanted }, context) {
    const { signal, record } = context;
    const sql = askingAgain(context);
    if (hasNoLogin({ region, instance, database }, context)) {
      context.notDone(NOBODY_LOGS_IN);
      return { failed: ['not-checked'] };
    }
    const target = { region, instance, name: database };
    const failed: string[] = [];
    const note = ({ check, title, ok, detail }: Compared, rows: (string | number)[] = []) => {
      if (ok === false) failed.push(check);
      record({ type: 'data-check', check, title, instance, ok, detail, rows });
    };

    const contents = await contentsFound(sql, target, wanted, expected.asOfMs, signal);
    for (const one of compared(wanted, { expected, ...contents }, tolerance)) note(one);

    const options = { timeoutMs: wanted.timeoutMs + CONNECTING_MS, signal };
    for (const one of checks) {
      const { check, title, expect } = one;
      try {
        const rows = await sql.query(target, queryOf(one, wanted.timeoutMs), options);
        const { ok, detail } = judged(expect, rows, ROWS_AT_MOST);
        note({ check, title, ok, detail }, ok ? [] : rows.slice(0, ROWS_SHOWN).map(firstOf));
      } catch (error) {
        signal.throwIfAborted();
        const { name, message } = error as Error;
        if (name === 'NotSimulated') note({ check, title, ok: null, detail: message });
        else if (name === 'ReadOnly') note({ check, title, ok: false, detail: `a check may only read: ${message}` });
        // What the database has to say of the check itself decides; that it is not there at all fails the step.
        else if (isAboutQuery(error)) note({ check, title, ok: false, detail: message });
        else throw error;
      }
    }
    return { failed };
  },
});

/** So many offending rows stand on record. */
const ROWS_SHOWN = 20;

/** A row by its first value, which is most often its key. */
function firstOf(row: Row): string | number {
  const [first = ''] = Object.values(row);
  return typeof first === 'number' ? first : String(first);
}
