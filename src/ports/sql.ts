/** Engines that a drill can ask in SQL. */
export const SQL_ENGINES = ['postgres', 'mysql', 'mariadb'] as const;
export type SqlEngine = (typeof SQL_ENGINES)[number];

/** Engines of a data store; with those that it cannot ask. */
export const ENGINES = [...SQL_ENGINES, 'sqlserver', 'oracle'] as const;
export type Engine = (typeof ENGINES)[number];

/** Whether a drill can ask it in SQL. */
export const isAsked = (engine: Engine): engine is SqlEngine => (SQL_ENGINES as readonly string[]).includes(engine);

/** A database by the name of its RDS instance. */
export interface Database {
  region: string;
  instance: string;
  /** The database inside the instance. */
  name: string;
}

/** A statement with a name: the name is in the journal and is what a simulated database knows it by. */
export interface Query {
  name: string;
  /** The same text for every engine, or one for each. `$1` represents the first of the values, in all of them. */
  text: string | Record<SqlEngine, string>;
  values?: readonly (string | number)[];
  /** It changes something: where nobody answers, only a look tells whether it was done. */
  changes?: true;
  /** It may change something although the database lets sessions only read, unless they say otherwise. */
  thoughReadOnly?: true;
  /** The schema, its mark and the table that are in the text, for a database that knows statements by their names. */
  about?: { schema: string; table?: string; mark?: string };
  /** It is asked in a transaction that may change nothing, and the server itself ends it after so long; many rows are cut off. */
  readOnly?: { forAtMostMs: number };
}

/** So many rows are read of what only reads: a broken database may have millions that are wrong. */
export const ROWS_AT_MOST = 1_000;

export type PasswordUsed = 'AWSCURRENT' | 'AWSPREVIOUS' | 'neither';

export type Row = Record<string, string | number | boolean | null>;

/** What a database of this engine is asked. */
export const textIn = (engine: SqlEngine, { text }: Pick<Query, 'text'>): string =>
  typeof text === 'string' ? text : text[engine];

/** Why a step does without a database. */
export const NOBODY_LOGS_IN = 'nobody can log in to the database';

/** Whether a database refused a write, or did not answer: any other error says nothing about who may write. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && ['ConnectionFailed', 'ReadOnly'].includes(error.name);

/**
 * Runs a query and gives its rows. Fails with an error named `ConnectionFailed` (nobody is there),
 * `ReadOnly` (a standby, a fenced writer or a transaction that only reads refused to write), `Unavailable` or `Timeout` (someone is there,
 * and has no answer just now), `LoginRefused` (it let the same login in before), `TookTooLong` (the server ended what only reads) or `QueryFailed`; a simulated database with
 * `NotSimulated` where it has no answer to a question of the user's own. A query that changes something fails with `UnknownOutcome` where
 * it may have been done.
 */
export interface Sql {
  /** Whether nobody can log in there: what only a query could tell stays unknown, and steps say so. */
  withoutLogin?(database: Database): boolean;
  /** Every change is refused, as a run that only reads wants it. */
  readsOnly?: true;
  /** Which password of a rotated secret opened a database last, or that neither did; `undefined` where there was no choice. */
  passwordUsed?(database: Database): PasswordUsed | undefined;
  query(database: Database, query: Query, options: { timeoutMs: number; signal?: AbortSignal }): Promise<Row[]>;
}
