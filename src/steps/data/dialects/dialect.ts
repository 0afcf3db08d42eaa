/** How an engine is asked for what a drill wants to know. `$1` represents the first value, in every dialect. */
export interface Dialect {
  /** What the engine is called. */
  title: string;
  /** Makes the table of heartbeats. */
  createHeartbeats: string;
  /** What its owner grants a drill's role, once. */
  grantHeartbeats(role: string): string;
  /** Values: sequence, epoch milliseconds. */
  writeHeartbeat: string;
  /** Value: the first sequence. */
  readHeartbeats: string;
  /** Writes a row that no count looks at; a standby refuses it. */
  proveWrite: string;
  /** One row: `{ standby }`. Needs a connection only. */
  isStandby: string;
  /** One row: `{ position }`, up to where the writer's log reaches; null where transactions have no place in it. */
  logPosition: string;
  /** Value: a position. One row: `{ behind }`: above 0 while the replica has still to replay; null where it is none. */
  logBehind: string;
  /** How its master user gives a login another password. */
  newPassword: string;
  /** How a whole database refuses writes; null where a login of RDS has no statement for it. */
  stop: Stop | null;
  /** A moment in epoch milliseconds, the value of that number. */
  moment(value: string): string;
  /** The same of a moment: a number of epoch milliseconds. */
  millis(moment: string): string;
  /** One row a column of the primary key: `{ column_name, is_bytes }`. */
  keyColumns(table: string): string;
  /** The rows of a table up to its conditions: `{ row_key, row_text }`, the text the same for the same contents. */
  rows(table: string, keys: readonly Key[], columns: readonly string[]): string;
  /** A whole number of 60 bits that represents a text. */
  hash(text: string): string;
  /** One row: `{ found }`, all rows as a JSON list of pairs. */
  pairs(one: string, other: string, from: string): string;
  /** One row: `{ checksum }` of the rows of a table for which `condition` holds, the same whatever their order. */
  checksum(table: string, columns: readonly string[], condition: string): string;
}

/** A column of a primary key. */
export interface Key {
  name: string;
  /** It holds bytes, and no text in any character set. */
  isBytes: boolean;
}

export interface Stop {
  /** From then on new sessions may only read. */
  stop(database: string): string;
  /** Takes that back. */
  allow(database: string): string;
  /** One row: `{ setting: 'on' | 'off' }`, as a new session finds it. */
  setting: string;
  /** One row: `{ open, seen }`: transactions that have written and have not ended; `seen` where the role sees those of others. */
  open: string;
  /** Ends every other session, so that each reconnects. */
  end: string;
  /** What a role needs to see open writes and to end sessions, once. */
  grant(role: string): string;
}
