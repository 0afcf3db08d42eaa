import * as z from 'zod';
import { sqlOf } from '../../components/schemas.ts';
import { DrillError } from '../../errors.ts';
import { SQL_ENGINES } from '../../ports/sql.ts';
import { databaseOf, given, sqlStore } from '../given.ts';
import { loginTo } from '../needs.ts';
import { defineStep } from '../step.ts';
import { clientLine } from './client-line.ts';
import { compared } from './compare-tables.ts';
import { contentsFound, contentsOf, lookedAt, lookedAtSchema } from './table-contents.ts';
import { askingAgain } from './takes-writes.ts';
import { askedIn, databaseAt, hasNoLogin, targetSchema } from './target.ts';

const params = lookedAtSchema.extend({ writer: targetSchema, replica: targetSchema });

/** What came in a moment ago may still be on its way. */
const SETTLED_MS = 10_000;

/** Holds a replica against the writer that it follows, table by table. Fails where they differ: nobody may be moved onto such data. */
export const compareSides = defineStep<z.output<typeof params>, { asOfMs: number; tables: number }>({
  kind: 'data.compare-sides',
  params,
  given: given(
    z.strictObject({
      from: z.enum(['writer', 'replica']).default('writer').describe('Which instance takes the writes.'),
    }),
    ({ from }, around) => ({
      writer: askedIn('To compare both sides', SQL_ENGINES, databaseOf({ on: from }, around)),
      replica: databaseOf({ on: from === 'writer' ? 'replica' : 'writer' }, around),
      ...lookedAt(around.dataChecks, sqlOf(sqlStore(around)).engine),
    }),
  ),
  needs: ({ writer, replica }) => [loginTo(writer, 'work'), loginTo(replica, 'work')],
  plane: 'data',
  title: ({ writer, replica }) => `Compare ${replica.instance} with ${writer.instance}, table by table`,
  region: ({ replica }) => replica.region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    target.tables.length === 0
      ? '# no table to be compared'
      : [target.writer, target.replica]
          .map((side) => clientLine(side, ...target.tables.map((table) => `select count(*) from ${table}`)))
          .join('; '),
  doneWhen: () => 'Both sides show the same numbers.',
  usuallyMs: () => 10_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ writer, replica, ...wanted }, context) {
    const { clock, signal, record } = context;
    const sql = askingAgain(context);
    if (hasNoLogin(writer, context)) {
      throw new DrillError('no-login', `No login: cannot compare ${replica.instance}.`, {
        hint: "Give the data store a 'login' in the topology.",
      });
    }
    const asOfMs = clock.nowMs() - SETTLED_MS;
    const expected = await contentsOf(sql, databaseAt(writer), wanted, asOfMs, signal);
    const { found, trouble } = await contentsFound(sql, databaseAt(replica), wanted, asOfMs, signal);
    const looks = compared(wanted, { expected, found, trouble }, 0);
    for (const look of looks) record({ type: 'data-check', instance: replica.instance, rows: [], ...look });
    const wrong = looks.filter(({ ok }) => ok === false);
    if (wrong.length > 0) {
      const what = wrong.map(({ title, detail }) => `${title} (${detail})`).join('; ');
      throw new DrillError('data-differ', `${replica.instance} does not hold what ${writer.instance} does: ${what}.`, {
        hint: 'A replica that differs from its writer is broken: delete it, and make it anew.',
      });
    }
    return { asOfMs, tables: looks.length };
  },
});
