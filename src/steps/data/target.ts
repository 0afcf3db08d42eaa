import * as z from 'zod';
import { DrillError } from '../../errors.ts';
import { type Database, ENGINES, type Engine, type SqlEngine } from '../../ports/sql.ts';
import type { StepContext } from '../step.ts';
import { dialects } from './dialects/index.ts';

/** Region, instance and database inside it, as a step's parameters have them, and what runs there. */
export const targetSchema = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  engine: z.enum(ENGINES),
  /** The instance is a cluster of Aurora, by its name. */
  cluster: z.boolean().optional(),
});

/** Where a step asks. */
export type Target = Omit<z.output<typeof targetSchema>, 'engine' | 'cluster'>;

export const databaseAt = ({ region, instance, database }: Target): Database => ({ region, instance, name: database });

/** A database that a step can ask. Fails for an engine in which it cannot, which the loader tells at the step's place. */
export function askedIn<T extends { store: string; engine: Engine }>(
  what: string,
  engines: readonly SqlEngine[],
  database: T,
): T {
  if ((engines as readonly Engine[]).includes(database.engine)) return database;
  const titles = engines.map((one) => dialects[one].title).join(', ');
  throw new DrillError('topology-lacks', `${what} works with ${titles}; ${database.store} runs ${database.engine}.`, {
    hint: `a data store with ${titles}`,
  });
}

/** Whether nobody can log in there. */
export const hasNoLogin = (target: Target, { sql }: Pick<StepContext, 'sql'>): boolean =>
  sql.withoutLogin?.(databaseAt(target)) ?? false;
