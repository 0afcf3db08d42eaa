import type { Query } from '../../ports/sql.ts';

/** Makes the table of heartbeats; a role that may not can have it made once by the database's owner. */
export const createHeartbeats =
  'create table if not exists dr_drill_heartbeat (sequence bigint primary key, written_at timestamptz not null)';

export const HEARTBEAT_WRITE = 'heartbeat.write';

export const writeHeartbeat = (sequence: number, writtenAtMs: number): Query => ({
  name: HEARTBEAT_WRITE,
  text: 'insert into dr_drill_heartbeat (sequence, written_at) values ($1, to_timestamp($2 / 1000.0))',
  values: [sequence, writtenAtMs],
});

/** Sequences present from a first one on, ascending: `{ sequence }` a row. */
export const readHeartbeats = (fromSequence: number): Query => ({
  name: 'heartbeat.read',
  text: 'select sequence from dr_drill_heartbeat where sequence >= $1 order by sequence',
  values: [fromSequence],
});

/** One row: `{ standby: boolean }`. Needs a connection only. */
export const isStandby: Query = { name: 'is-standby', text: 'select pg_is_in_recovery() as standby' };

/** Proves that the database takes a write, in a row that no count looks at: fails with `ReadOnly` on a standby. */
export const proveWrite: Query = {
  name: 'prove-write',
  text: 'insert into dr_drill_heartbeat values (-1, now()) on conflict (sequence) do update set written_at = excluded.written_at',
};
