import type { Socket } from 'node:net';
import type { Login } from '../drill/live.ts';
import type { Row, SqlEngine } from '../ports/sql.ts';
import type { Meaning } from './sql-errors.ts';
import type { Way } from './sql-way.ts';

/** One connection to a database, from the moment at which it is begun. */
export interface SqlSession {
  /** Logs in. */
  connect(): Promise<void>;
  /** The rows of what is asked; of several statements, those of the last. */
  ask(text: string, values: readonly (string | number)[]): Promise<Row[]>;
  /** One statement in a transaction that nothing in it can open for writing; the server ends it after so long. */
  askReadOnly(text: string, values: readonly (string | number)[], forAtMostMs: number): Promise<Row[]>;
  /** Lets a session write although its database says otherwise. */
  allowWrites(): Promise<unknown>;
  /** Whether the server has said anything: before TLS begins it has agreed to that. */
  hasSpoken(): boolean;
  /** The socket, also under TLS. */
  socket(): Pick<Socket, 'bytesRead' | 'on' | 'off' | 'destroy'>;
  /** Takes its leave. */
  end(): void;
  /** Does not wait for a server that may never answer. */
  destroy(): void;
}

export interface SessionOptions {
  engine: SqlEngine;
  login: Login;
  database: string;
  way: Way;
  /** Certificate authorities as PEM; Node's own by default. */
  authorities: readonly string[] | undefined;
  /** Refuse every change. */
  readOnly: boolean;
  /** Hears that the connection is gone. */
  onEnd(): void;
}

/** A library that speaks with an engine. */
export interface SqlDriver {
  /** Loads the library; no part of the time that a database may take. */
  load(): Promise<unknown>;
  begin(options: SessionOptions): Promise<SqlSession>;
  /** What an error of its says. */
  meaningOf(error: unknown): Meaning;
  /** Whether the statement failed because its table is not there. */
  lacksTable(error: unknown): boolean;
  /** Whether a second session has made the table meanwhile. */
  isMadeByAnother(error: unknown): boolean;
  /** Whether the role may not do it. */
  isNotAllowed(error: unknown): boolean;
}
