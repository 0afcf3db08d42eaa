import * as z from 'zod';
import { DrillError } from '../../errors.ts';
import { databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { defineStep } from '../step.ts';
import { compared } from './compare-tables.ts';
import { psql } from './psql.ts';
import { contentsFound, contentsOf, lookedAt, lookedAtSchema } from './table-contents.ts';
import { askingAgain } from './takes-writes.ts';

const database = z.object({ region: z.string(), instance: z.string(), database: z.string() });
const params = lookedAtSchema.extend({ writer: database, replica: database });

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
      writer: databaseOf({ on: from }, around),
      replica: databaseOf({ on: from === 'writer' ? 'replica' : 'writer' }, around),
      ...lookedAt(around.dataChecks),
    }),
  ),
  needs: ({ writer, replica }) => [loginTo(writer, 'work'), loginTo(replica, 'work')],
  plane: 'data',
  title: ({ writer, replica }) => `Compare ${replica.instance} with ${writer.instance}, table by table`,
  region: ({ replica }) => replica.region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    [target.writer, target.replica]
      .map((side) => psql(side, `select count(*) from ${target.tables[0]}`))
      .join('; ')
      .concat('  # and so for each table'),
  usuallyMs: () => 10_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ writer, replica, ...wanted }, context) {
    const { clock, signal, record } = context;
    const sql = askingAgain(context);
    if (sql.withoutLogin) {
      throw new DrillError('no-login', `Nobody can log in: ${replica.instance} cannot be compared.`, {
        hint: "Give the data store a 'login' in the topology.",
      });
    }
    const asOfMs = clock.nowMs() - SETTLED_MS;
    const side = ({ region, instance, database }: typeof writer) => ({ region, instance, name: database });
    const expected = await contentsOf(sql, side(writer), wanted, asOfMs, signal);
    const { found, trouble } = await contentsFound(sql, side(replica), wanted, asOfMs, signal);
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
