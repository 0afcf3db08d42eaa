import { DrillError } from '../../../errors.ts';
import { type Engine, isAsked, type SqlEngine } from '../../../ports/sql.ts';
import type { Ask, Carrying, Column } from './form.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';

export { nameThere, putBackOf } from './form.ts';

const carrying: Record<SqlEngine, Carrying> = { postgres, mysql, mariadb: mysql };

/** The words of an engine that the loader has let through. */
export const carryingIn = (engine: Engine): Carrying => carrying[isAsked(engine) ? engine : 'postgres'];

/** The columns of a table, in order. */
export async function columnsIn(
  ask: Ask,
  { columnsOf }: Carrying,
  schema: string | null,
  table: string,
): Promise<Column[]> {
  const rows = await ask(columnsOf(schema, table));
  if (rows.length === 0) throw new DrillError('no-table', `There is no table ${table}.`);
  return rows.map((row) => ({
    name: String(row.name),
    type: String(row.type),
    isComputed: Boolean(row.computed),
    row,
  }));
}
