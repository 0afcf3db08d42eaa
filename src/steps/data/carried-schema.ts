import * as z from 'zod';
import { DrillError } from '../../errors.ts';
import type { Database, Query } from '../../ports/sql.ts';
import { isOfDrill, tellLeftover } from '../mark.ts';
import type { Observation, StepContext } from '../step.ts';
import { dropSchema, lookAtSchema, markInComment } from './carry-queries.ts';
import { askedIn, targetSchema } from './target.ts';

/** A schema of the living database into which tables are carried, and which is the drill's own. */
export const carriedSchema = targetSchema.extend({
  schema: z.string(),
  drill: z.string(),
});
export type CarriedSchema = z.output<typeof carriedSchema>;

export const schemaName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'expected the name of a schema, such as drill_restored')
  .refine((name) => !/^(public|pg_.*|information_schema)$/.test(name), 'expected a schema of its own');

export const livingDatabase = ({ region, instance, database }: Omit<CarriedSchema, 'schema' | 'drill'>): Database => ({
  region,
  instance,
  name: database,
});

/** How the schema stands; fails where it is there and not this drill's. */
export async function lookAtCarried(target: CarriedSchema, context: StepContext) {
  const [row] = await asked(livingDatabase(target), lookAtSchema(target.schema), context);
  const isThere = row?.there === true;
  const mark = markInComment(row?.mark);
  if (isThere && !isOfDrill(mark, target.drill)) {
    throw new DrillError(
      'not-ours',
      `${target.instance} has a schema ${target.schema} that this drill did not make; it is left alone.`,
      { hint: 'Give the drill a schema of its own.' },
    );
  }
  return { there: isThere, mark, mayCreate: row?.may_create === true };
}

export async function dropCarried(target: CarriedSchema, context: StepContext): Promise<void> {
  const { there, mark } = await lookAtCarried(target, context);
  if (there) tellLeftover(mark, { what: `the schema ${target.schema}`, drill: target.drill }, context);
  if (there) await asked(livingDatabase(target), dropSchema(target.schema), context);
}

export const observeCarried = async (target: CarriedSchema, context: StepContext): Promise<Observation> => {
  const { there } = await lookAtCarried(target, context);
  return { done: !there, state: { there } };
};

/** So long may one statement take, with connecting. */
const STATEMENT_MS = 120_000;
export const READING_MS = 100_000;

export const asked = (database: Database, query: Query, { sql, signal }: StepContext) =>
  sql.query(database, query, { timeoutMs: STATEMENT_MS, signal });

/** A database into whose schema tables are carried. */
export const whereTablesAreCarried = <T extends Parameters<typeof askedIn>[2]>(database: T): T =>
  askedIn('To carry tables over', ['postgres'], database);
