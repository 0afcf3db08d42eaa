import * as z from 'zod';
import { tableName } from '../../drill/data-check.ts';
import type { Json } from '../../journal/events.ts';
import type { Query } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, earlierStep, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { patiently } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import {
  asked,
  type CarriedSchema,
  carriedSchema,
  livingDatabase,
  lookAtCarried,
  whereTablesAreCarried,
} from './carried-schema.ts';
import type { Carried } from './carry-tables.ts';
import type { Column } from './carrying/form.ts';
import { carryingIn, columnsIn, nameThere, putBackOf } from './carrying/index.ts';
import { clientLine } from './client-line.ts';

const params = carriedSchema.extend({ tables: z.array(z.string()) });
type Params = z.output<typeof params>;

/**
 * Puts rows that the live tables lack back into them, from what was carried over. What is there stays as it is. Undone, the
 * rows that were put back are taken out again, but for those that someone has changed since.
 */
export const putRowsBack = defineStep<Params, { rows: Record<string, number> }>({
  kind: 'data.put-back',
  params,
  given: given(
    z.strictObject({
      on: databaseGiven.on.describe('The live instance that the tables were copied to.'),
      carried: earlierStep.describe('The step that copied them.'),
      tables: z.array(tableName).min(1),
    }),
    ({ on, carried, tables }, around) => ({
      ...whereTablesAreCarried(databaseOf({ on }, around)),
      schema: around.result<Carried>(carried, { schema: `<schema of ${carried}>`, tables: {} }).schema,
      tables,
      drill: around.drill,
    }),
  ),
  needs: (target) => [loginTo(target, 'work')],
  plane: 'data',
  title: ({ tables, instance }) => `Insert the missing rows of ${tables.join(', ')} on ${instance}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    target.tables
      .map((table) =>
        clientLine(
          target,
          target.engine === 'postgres'
            ? `insert into ${table} select * from ${target.schema}.${nameThere(table)} on conflict do nothing`
            : `insert ignore into ${table} select * from ${target.schema}.${nameThere(table)}`,
        ),
      )
      .join(' && '),
  doneWhen: () => 'The rows are in the tables that are in use.',
  usuallyMs: () => 5_000,
  observe: async (target, context) => {
    const { there } = await lookAtCarried(target, context);
    return { done: false, state: { there } };
  },

  // What is there already is not put back a second time.
  repeatable: true,
  async apply({ tables, ...target }, context) {
    const rows: Record<string, number> = {};
    for (const table of tables) {
      rows[table] = await patiently(context, async () => {
        let count = 0;
        for (const query of carryingIn(target.engine).putBack(
          target.schema,
          table,
          await writable(target, table, context),
        )) {
          const [row] = await asked(livingDatabase(target), query, context);
          count = Number(row?.rows ?? 0);
        }
        return count;
      });
    }
    return rows;
  },

  settle: async (_target, _context, _before, rows) => ({ rows: rows as Record<string, number> }) satisfies Json,

  async undo({ tables, ...target }, context) {
    const { there } = await lookAtCarried(target, context);
    if (!there) return;
    for (const table of tables) {
      for (const query of carryingIn(target.engine).takeOut(
        target.schema,
        table,
        await writable(target, table, context),
      ))
        await asked(livingDatabase(target), query, context);
    }
  },
  undoCommand: (target) =>
    target.tables
      .map((table) =>
        clientLine(
          target,
          target.engine === 'postgres'
            ? `delete from ${table} t where row(t.*)::text in (select row(b.*)::text from ${target.schema}."${putBackOf(table)}" b)`
            : `delete t from ${table} t natural join ${target.schema}.\`${putBackOf(table)}\` b`,
        ),
      )
      .join(' && '),
});

/** The columns that were carried over, but for those that the table in use computes itself. */
async function writable(target: CarriedSchema, table: string, context: StepContext): Promise<Column[]> {
  const ask = (query: Query) => asked(livingDatabase(target), query, context);
  const words = carryingIn(target.engine);
  const computed = (await columnsIn(ask, words, null, table)).filter(({ isComputed }) => isComputed);
  const carried = await columnsIn(ask, words, target.schema, table);
  return carried.filter(({ name }) => !computed.some((one) => one.name === name));
}
