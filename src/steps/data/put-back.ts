import * as z from 'zod';
import { tableName } from '../../drill/data-check.ts';
import type { Json } from '../../journal/events.ts';
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
import { makePutBack, namesOf, nameThere, putBack, takeOut } from './carry-queries.ts';
import type { Carried } from './carry-tables.ts';
import { clientLine } from './client-line.ts';

const params = carriedSchema.extend({ tables: z.array(z.string()) });
type Params = z.output<typeof params>;

/**
 * Puts rows that the living tables lack back into them, from what was carried over. What is there stays as it is. Undone, the
 * rows that were put back are taken out again, but for those that somebody has changed since.
 */
export const putRowsBack = defineStep<Params, { rows: Record<string, number> }>({
  kind: 'data.put-back',
  params,
  given: given(
    z.strictObject({
      on: databaseGiven.on.describe('The living instance that took the tables.'),
      carried: earlierStep.describe('The step that carried them over.'),
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
  title: ({ tables, instance }) => `Put back what ${tables.join(', ')} on ${instance} lack`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    target.tables
      .map((table) =>
        clientLine(
          target,
          `insert into ${table} select * from ${target.schema}.${nameThere(table)} on conflict do nothing`,
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
      const [row] = await patiently(context, async () => {
        await asked(livingDatabase(target), makePutBack(target.schema, table), context);
        const columns = await columnsIn(target, table, context);
        return asked(livingDatabase(target), putBack(target.schema, table, columns), context);
      });
      rows[table] = Number(row?.rows ?? 0);
    }
    return rows;
  },

  settle: async (_target, _context, _before, rows) => ({ rows: rows as Record<string, number> }) satisfies Json,

  async undo({ tables, ...target }, context) {
    const { there } = await lookAtCarried(target, context);
    if (!there) return;
    for (const table of tables) {
      // A try that ended before it had put anything back left no table of what it put back.
      await asked(livingDatabase(target), makePutBack(target.schema, table), context);
      const columns = await columnsIn(target, table, context);
      await asked(livingDatabase(target), takeOut(target.schema, table, columns), context);
    }
  },
  undoCommand: (target) =>
    target.tables
      .map((table) =>
        clientLine(
          target,
          `delete from ${table} t where row(t.*)::text in (select row(b.*)::text from ${target.schema}."${nameThere(table)} put back" b)`,
        ),
      )
      .join(' && '),
});

async function columnsIn(target: CarriedSchema, table: string, context: StepContext): Promise<string> {
  const [row] = await asked(livingDatabase(target), namesOf(target.schema, table), context);
  return String(row?.columns ?? '');
}
