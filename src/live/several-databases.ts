import type { Database, Sql } from '../ports/sql.ts';
import { noLogin } from './no-login.ts';

/** One data store, and the way in to its databases. */
interface Store {
  /** The database inside its instances. */
  database: string;
  /** The instances that the topology names. */
  instances: readonly string[];
  /** None where the topology has no login. */
  port: Sql | undefined;
}

/** The databases of several data stores, each by its own login. What the topology does not name was made from a store with such a database. */
export function severalDatabases(stores: readonly Store[]): Sql {
  const portOf = ({ instance, name }: Database): Sql => {
    const found =
      stores.find(({ instances }) => instances.includes(instance)) ?? stores.find(({ database }) => database === name);
    return found?.port ?? noLogin;
  };
  return {
    withoutLogin: (database) => portOf(database) === noLogin,
    passwordUsed: (database) => portOf(database).passwordUsed?.(database),
    query: async (database, query, options) => portOf(database).query(database, query, options),
  };
}
