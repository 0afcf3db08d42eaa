import * as z from 'zod';
import { tableName } from '../../drill/data-check.ts';
import type { Query } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, earlierStep, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { patiently } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { asked, carriedSchema, livingDatabase, READING_MS, whereTablesAreCarried } from './carried-schema.ts';
import type { Carried } from './carry-tables.ts';
import type { Column } from './carrying/form.ts';
import { carryingIn, columnsIn, nameThere } from './carrying/index.ts';
import { clientLine } from './client-line.ts';
import { targetSchema } from './target.ts';

const params = carriedSchema.omit({ drill: true }).extend({
  from: targetSchema,
  tables: z.array(z.string()),
});

/** Holds what was carried over against what it was carried from: how many rows, and what is in them. Decides the verdict. */
export const checkCarried = defineStep<z.output<typeof params>, { failed: string[] }>({
  kind: 'data.check-carried',
  params,
  given: given(
    z.strictObject({
      from: z.string().min(1).describe('The restored instance.'),
      in: z.enum(['writer', 'replica']).default('writer').describe('The side whose region it is in.'),
      on: databaseGiven.on.describe('The live instance that the tables were copied to.'),
      carried: earlierStep.describe('The step that copied them.'),
      tables: z.array(tableName).min(1),
    }),
    ({ from, in: where, on, carried, tables }, around) => ({
      ...whereTablesAreCarried(databaseOf({ on }, around)),
      from: databaseOf({ on: where, instance: from }, around),
      schema: around.result<Carried>(carried, { schema: `<schema of ${carried}>`, tables: {} }).schema,
      tables,
    }),
  ),
  needs: (target) => [loginTo(target, 'work'), loginTo(target.from, 'work')],
  plane: 'data',
  title: ({ instance, from }) => `Compare the copied rows on ${instance} with ${from.instance}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    clientLine(target, ...target.tables.map((table) => `select count(*) from ${target.schema}.${nameThere(table)}`)),
  doneWhen: () => 'Each table has the rows that you expect.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ from, schema, tables, ...target }, context) {
    const failed: string[] = [];
    for (const table of tables) {
      const note = (check: string, title: string, ok: boolean | null, detail: string) => {
        if (ok === false) failed.push(check);
        context.record({ type: 'data-check', check, title, instance: target.instance, ok, detail, rows: [] });
      };
      const columns = await columnsIn(askedOf(from, context), carryingIn(from.engine), null, table);
      const there = await contents(target, schema, { table, columns }, context);
      const source = await contents(from, null, { table, columns }, context);
      const rows = `${there.rows} rows, ${source.rows} restored`;
      note(`carried-${table}`, `Every row of ${table} was copied`, there.rows === source.rows, rows);
      const title = `${table} has the restored rows`;
      if (there.checksum === null || source.checksum === null) {
        const why = 'not made: a simulated database knows only the number of copied rows';
        note(`carried-contents-${table}`, title, null, why);
        continue;
      }
      const ok = there.checksum === source.checksum;
      const detail = ok
        ? `the checksum is the same: ${there.checksum}`
        : `the checksum is ${there.checksum}, ${source.checksum} restored`;
      note(`carried-contents-${table}`, title, ok, detail);
    }
    return { failed };
  },
});

const askedOf = (database: z.output<typeof targetSchema>, context: StepContext) => (query: Query) =>
  patiently(context, () => asked(livingDatabase(database), query, context));

async function contents(
  database: z.output<typeof targetSchema>,
  schema: string | null,
  { table, columns }: { table: string; columns: readonly Column[] },
  context: StepContext,
): Promise<{ rows: number; checksum: string | null }> {
  const { contentsIn } = carryingIn(database.engine);
  const [row] = await askedOf(database, context)(contentsIn(schema, table, columns, READING_MS));
  return { rows: Number(row?.rows ?? 0), checksum: row?.checksum == null ? null : String(row.checksum) };
}
