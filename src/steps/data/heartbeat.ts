import type { Query } from '../../ports/sql.ts';

/** The table that heartbeats go to; made by whoever owns the database, once. */
export const heartbeatTable = 'dr_drill_heartbeat(sequence bigint primary key, written_at timestamptz not null)';

export const writeHeartbeat = (sequence: number, writtenAtMs: number): Query => ({
  name: 'heartbeat.write',
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

/** Proves that the database takes a write, and leaves nothing behind: fails with `ReadOnly` on a standby. */
export const proveWrite: Query = {
  name: 'prove-write',
  text: 'with gone as (delete from dr_drill_heartbeat where sequence = -1) insert into dr_drill_heartbeat values (-1, now())',
};
