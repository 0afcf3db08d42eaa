import * as z from 'zod';
import { tableName } from '../../drill/data-check.ts';
import { DrillError } from '../../errors.ts';
import type { Database, Query } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { markedBy } from '../mark.ts';
import { loginTo } from '../needs.ts';
import { patiently } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import {
  asked,
  type CarriedSchema,
  carriedSchema,
  commentFor,
  dropCarried,
  livingDatabase,
  lookAtCarried,
  READING_MS,
  schemaName,
  whereTablesAreCarried,
} from './carried-schema.ts';
import { carryingIn, columnsIn, nameThere } from './carrying/index.ts';
import { clientLine, copyLine } from './client-line.ts';
import { hasNoLogin, targetSchema } from './target.ts';

const params = carriedSchema.extend({
  from: targetSchema,
  tables: z.array(z.string()),
});
type Params = z.output<typeof params>;

export type Carried = { schema: string; tables: Record<string, number> };

/** Copies single tables from a restored database into the live one, into a separate schema. */
export const carryTables = defineStep<Params, Carried>({
  kind: 'data.carry-tables',
  params,
  given: given(
    z.strictObject({
      from: z.string().min(1).describe('The restored instance.'),
      in: z.enum(['writer', 'replica']).default('writer').describe('The side whose region it is in.'),
      on: databaseGiven.on.describe('The live instance to copy the tables to.'),
      tables: z.array(tableName).min(1),
      schema: schemaName.describe('The schema to copy them to. It must not exist yet.'),
    }),
    ({ from, in: where, on, tables, schema }, around) => ({
      ...whereTablesAreCarried(databaseOf({ on }, around)),
      from: databaseOf({ on: where, instance: from }, around),
      tables,
      schema,
      drill: around.drill,
    }),
  ),
  needs: (target) => [loginTo(target, 'work'), loginTo(target.from, 'work')],
  plane: 'data',
  title: ({ tables, from, instance, schema }) =>
    `Copy ${tables.join(', ')} from ${from.instance} to ${instance}, into the schema ${schema}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    [
      clientLine(target, `create schema ${target.schema}`),
      ...target.tables.map((table) => {
        const there = `${target.schema}.${nameThere(table)}`;
        const like = target.engine === 'postgres' ? `(like ${table})` : `like ${table}`;
        return `${clientLine(target, `create table ${there} ${like}`)} && ${copyLine(target.from, table, target, there)}`;
      }),
    ].join(' && '),
  byHand: { gives: ({ schema }) => ({ schema }) },
  doneWhen: ({ schema }) => `Each table is in the schema ${schema}.`,
  usuallyMs: () => 10_000,

  async observe(target, context) {
    if (hasNoLogin(target, context)) throw noLogin();
    const { there, mayCreate } = await lookAtCarried(target, context);
    if (!mayCreate) throw notAllowed(target);
    return { done: false, state: { there } };
  },

  // It begins again with a schema of its own, whatever an earlier try left there.
  repeatable: true,
  async apply(target, context) {
    await patiently(context, async () => {
      await dropCarried(target, context, { begun: true });
      const mark = commentFor(markedBy(target.drill, context));
      for (const query of carryingIn(target.engine).makeSchema(target.schema, mark))
        await asked(livingDatabase(target), query, context);
    });
    const rows: Record<string, number> = {};
    for (const table of target.tables) rows[table] = await carried(table, target, context);
    return rows;
  },

  settle: async ({ schema }, _context, _before, rows) => ({ schema, tables: rows as Record<string, number> }),

  undo: (target, context) => dropCarried(target, context, { begun: true }),
  undoCommand: (target) => clientLine(target, carryingIn(target.engine).dropSchema(target.schema).text),
});

async function carried(table: string, { schema, ...target }: Params, context: StepContext): Promise<number> {
  const askIn = (database: Database) => (query: Query) => patiently(context, () => asked(database, query, context));
  const [source, living] = [askIn(livingDatabase(target.from)), askIn(livingDatabase(target))];
  const words = carryingIn(target.engine);
  const columns = await columnsIn(source, words, null, table);
  await living(words.makeTable(schema, table, columns));
  let count = 0;
  for await (const page of words.pages(source, table, columns, READING_MS)) {
    await living(words.writeRows(schema, table, page, columns));
    count += page.count;
  }
  return count;
}

const noLogin = () =>
  new DrillError('no-login', 'Copying tables needs a login to both databases.', {
    hint: "Give the data store a 'login' in the topology.",
  });

const notAllowed = ({ instance, database, schema, engine }: CarriedSchema) =>
  new DrillError('not-allowed', `The login may make no schema in ${database} on ${instance}.`, {
    hint: `Its owner can allow it: ${carryingIn(engine).grant(database, schema)}.`,
  });
