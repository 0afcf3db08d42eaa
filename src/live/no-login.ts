import { DrillError } from '../errors.ts';
import type { Sql } from '../ports/sql.ts';

/** The databases of a topology that has no login: every step does without. */
export const noLogin: Sql = {
  withoutLogin: () => true,
  query: async (database, query) => {
    throw new DrillError(
      'no-login',
      `${query.name} cannot be asked of ${database.instance}: the topology has no login.`,
    );
  },
};
