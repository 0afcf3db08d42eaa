import * as z from 'zod';
import { DrillError } from '../../errors.ts';
import { type Database, type Query, SQL_ENGINES } from '../../ports/sql.ts';
import { isOfDrill, type Mark, tellLeftover } from '../mark.ts';
import type { Observation, StepContext } from '../step.ts';
import { carryingIn } from './carrying/index.ts';
import { askedIn, targetSchema } from './target.ts';

/** A schema of the live database into which tables are carried, and which is the drill's own. */
export const carriedSchema = targetSchema.extend({
  schema: z.string(),
  drill: z.string(),
});
export type CarriedSchema = z.output<typeof carriedSchema>;

export const schemaName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'expected the name of a schema, such as drill_restored')
  .refine(
    (name) => !/^(public|pg_.*|information_schema|performance_schema|mysql|sys)$/.test(name),
    'expected a separate schema',
  );

export const livingDatabase = ({ region, instance, database }: Omit<CarriedSchema, 'schema' | 'drill'>): Database => ({
  region,
  instance,
  name: database,
});

/** By this comment a run knows a schema that it made; its drill drops no other. */
export const commentFor = ({ drill, run }: Mark): string => ['dr-drill', drill, run].filter(Boolean).join(' ');

function markInComment(comment: unknown): Mark | undefined {
  const [, drill, run] = /^dr-drill (\S+)(?: (\S+))?$/.exec(String(comment)) ?? [];
  return drill === undefined ? undefined : { drill, run };
}

/** Where the step that makes the schema has looked and begun: an empty one without a mark is what it has just made. */
interface Begun {
  begun?: boolean;
}

/** How the schema stands; fails where it is there and not this drill's. */
export async function lookAtCarried(target: CarriedSchema, context: StepContext, { begun = false }: Begun = {}) {
  const look = carryingIn(target.engine).lookAtSchema(target.schema);
  const [row] = await asked(livingDatabase(target), look, context);
  const isThere = Boolean(row?.there);
  const mark = markInComment(row?.mark);
  if (isThere && !isOfDrill(mark, target.drill) && !(begun && Boolean(row?.bare))) {
    throw new DrillError(
      'not-ours',
      `${target.instance} has a schema ${target.schema} that this drill did not make; it is left alone.`,
      { hint: 'Give the drill a separate schema.' },
    );
  }
  return { there: isThere, mark, mayCreate: Boolean(row?.may_create) };
}

export async function dropCarried(target: CarriedSchema, context: StepContext, begun: Begun = {}): Promise<void> {
  const { there, mark } = await lookAtCarried(target, context, begun);
  if (there) tellLeftover(mark, { what: `the schema ${target.schema}`, drill: target.drill }, context);
  const { dropSchema } = carryingIn(target.engine);
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
  askedIn('To carry tables over', SQL_ENGINES, database);
