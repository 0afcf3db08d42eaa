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
  dropCarried,
  livingDatabase,
  lookAtCarried,
  READING_MS,
  schemaName,
  whereTablesAreCarried,
} from './carried-schema.ts';
import {
  columnsOf,
  commentFor,
  makeSchema,
  makeTable,
  nameThere,
  partsOf,
  quotedTable,
  readBlocks,
  writeRows,
} from './carry-queries.ts';
import { clientLine } from './client-line.ts';
import { hasNoLogin, targetSchema } from './target.ts';

const params = carriedSchema.extend({
  from: targetSchema,
  tables: z.array(z.string()),
});
type Params = z.output<typeof params>;

export type Carried = { schema: string; tables: Record<string, number> };

/** Carries single tables from a restored database over into the living one, into a schema beside what is in use there. */
export const carryTables = defineStep<Params, Carried>({
  kind: 'data.carry-tables',
  params,
  given: given(
    z.strictObject({
      from: z.string().min(1).describe('The restored instance.'),
      in: z.enum(['writer', 'replica']).default('writer').describe('In whose region it is.'),
      on: databaseGiven.on.describe('The living instance that takes the tables.'),
      tables: z.array(tableName).min(1),
      schema: schemaName.describe('Where they are put; there must be no such schema yet.'),
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
    `Carry ${tables.join(', ')} from ${from.instance} over to ${instance}, into ${schema}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    [
      clientLine(target, `create schema ${target.schema}`),
      ...target.tables.map((table) => {
        const there = `${target.schema}.${nameThere(table)}`;
        return `${clientLine(target, `create table ${there} (like ${table})`)} && ${clientLine(target.from, `copy ${table} to stdout`)} | ${clientLine(target, `copy ${there} from stdin`)}`;
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

  // It begins anew with a schema of its own, whatever an earlier try left there.
  repeatable: true,
  async apply(target, context) {
    await patiently(context, async () => {
      await dropCarried(target, context);
      await asked(
        livingDatabase(target),
        makeSchema(target.schema, commentFor(markedBy(target.drill, context))),
        context,
      );
    });
    const rows: Record<string, number> = {};
    for (const table of target.tables) rows[table] = await carried(table, target, context);
    return rows;
  },

  settle: async ({ schema }, _context, _before, rows) => ({ schema, tables: rows as Record<string, number> }),

  undo: (target, context) => dropCarried(target, context),
  undoCommand: (target) => clientLine(target, `drop schema ${target.schema} cascade`),
});

/** So many blocks at a time: about a megabyte of a table. */
const BLOCKS = 128;

async function carried(table: string, { schema, ...target }: Params, context: StepContext): Promise<number> {
  const source: Database = livingDatabase(target.from);
  const living = livingDatabase(target);
  const ask = (database: Database, query: Query) => patiently(context, () => asked(database, query, context));
  const [row] = await ask(source, columnsOf(table));
  await ask(living, makeTable(schema, table, String(row?.columns ?? '')));
  let count = 0;
  for (const { part, blocks } of await ask(source, partsOf(table))) {
    for (let from = 0; from < Number(blocks); from += BLOCKS) {
      const read = readBlocks(table, String(part), from, from + BLOCKS, READING_MS);
      const [page] = await ask(source, read);
      if (!page || Number(page.count) === 0) continue;
      await ask(living, writeRows(schema, table, `${part}/${from}`, String(page.rows)));
      count += Number(page.count);
    }
  }
  return count;
}

const noLogin = () =>
  new DrillError('no-login', 'Tables can be carried over by the person who can log in to both databases only.', {
    hint: "Give the data store a 'login' in the topology.",
  });

const notAllowed = ({ instance, database }: CarriedSchema) =>
  new DrillError('not-allowed', `The login may make no schema in ${database} on ${instance}.`, {
    hint: `Its owner can allow it: grant create on database ${quotedTable(database)} to <the login>.`,
  });
