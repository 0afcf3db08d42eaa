import { DrillError } from '../errors.ts';
import type { Database, Sql } from '../ports/sql.ts';

/** One data store, and the way in to its databases. */
interface Store {
  /** The database inside its instances. */
  database: string;
  /** The instances that the topology names. */
  instances: readonly string[];
  port: Sql;
}

/** The databases of several data stores, each by its own login. What the topology does not name was made from a store with such a database. */
export function severalDatabases(stores: readonly Store[]): Sql {
  const storeOf = ({ instance, name }: Database): Store => {
    const found =
      stores.find(({ instances }) => instances.includes(instance)) ?? stores.find(({ database }) => database === name);
    if (found) return found;
    throw new DrillError('no-login', `Nobody can log in to ${name} on ${instance}: its data store has no login.`, {
      hint: "Give the data store a 'login' in the topology.",
    });
  };
  return {
    passwordUsed: (database) => storeOf(database).port.passwordUsed?.(database),
    query: async (database, query, options) => storeOf(database).port.query(database, query, options),
  };
}
