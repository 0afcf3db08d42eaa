/** A PostgreSQL database by the name of its RDS instance. */
export interface Database {
  region: string;
  instance: string;
  /** The database inside the instance. */
  name: string;
}

/** A statement with a name: the name stands in the journal and is what a simulated database knows it by. */
export interface Query {
  name: string;
  text: string;
  values?: readonly (string | number)[];
  /** It is asked in a transaction that may change nothing. */
  readOnly?: true;
}

export type Row = Record<string, string | number | boolean | null>;

/** Whether a database refused a write, or nobody was there: any other error says nothing of who may write. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && ['ConnectionFailed', 'ReadOnly'].includes(error.name);

/**
 * Runs a query and gives its rows. Fails with an error named `ConnectionFailed` (nobody answered),
 * `ReadOnly` (a standby, or a fenced writer, refused to write) or `QueryFailed`; a simulated database with `NotSimulated` where it has
 * no answer to a question of the user's own.
 */
export interface Sql {
  /** Nobody can log in: what only a query could tell stays unknown, and steps say so. */
  withoutLogin?: true;
  /** Every change is refused, as a run that only reads wants it. */
  readsOnly?: true;
  query(database: Database, query: Query, options: { timeoutMs: number; signal?: AbortSignal }): Promise<Row[]>;
}
