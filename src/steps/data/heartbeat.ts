import type { Query } from '../../ports/sql.ts';
import { inEach } from './dialects/index.ts';

export const HEARTBEAT_WRITE = 'heartbeat.write';

export const writeHeartbeat = (sequence: number, writtenAtMs: number): Query => ({
  name: HEARTBEAT_WRITE,
  text: inEach((dialect) => dialect.writeHeartbeat),
  values: [sequence, writtenAtMs],
});

/** Sequences present from a first one on, ascending: `{ sequence }` a row. */
export const readHeartbeats = (fromSequence: number): Query => ({
  name: 'heartbeat.read',
  text: inEach((dialect) => dialect.readHeartbeats),
  values: [fromSequence],
});

/** One row: `{ standby }`, true or 1 on a standby. Needs a connection only. */
export const isStandby: Query = { name: 'is-standby', text: inEach((dialect) => dialect.isStandby) };

/** Proves that the database takes a write, in a row that no count looks at: fails with `ReadOnly` on a standby. */
export const proveWrite: Query = { name: 'prove-write', text: inEach((dialect) => dialect.proveWrite) };
