import type { DatabaseServer } from './database.ts';

/** The heartbeat sequences that a server really holds, ascending; the row that only proves writing is none. */
export async function rowsIn(server: Pick<DatabaseServer, 'query'>): Promise<number[]> {
  const rows = await server.query('select sequence from dr_drill_heartbeat where sequence >= 0 order by sequence');
  return rows.map((row) => Number(row.sequence));
}
