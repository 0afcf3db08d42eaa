import { isAwsError } from '../aws/aws.ts';

import { DrillError, UnknownOutcome } from '../errors.ts';
import type { Database, Query, SqlEngine } from '../ports/sql.ts';
import { withoutSecrets } from '../secrets.ts';
import { dialects } from '../steps/data/dialects/index.ts';

/** What is found out before a database is asked. */
export type Lookup = 'endpoint' | 'address' | 'password';

/** Something that is found out before a database is asked was not available: set `withinMs` where time ran out. */
export class LookupFailed extends Error {
  readonly lookup: Lookup;
  readonly withinMs: number | undefined;
  constructor(lookup: Lookup, withinMs: number | undefined, cause?: unknown) {
    super(`The ${lookup} was not found.`, { cause });
    this.lookup = lookup;
    this.withinMs = withinMs;
  }
}

/** How far a query had come when it failed. */
export interface Progress {
  /** The server has said something: whatever happens from then on, someone is there. */
  spoke: boolean;
  /** The query's own statement was sent. */
  sent: boolean;
  tookMs: number;
  /** Set where time ran out. */
  timedOutMs: number | undefined;
}

/** The message of an error, for every engine. */
export type Meaning =
  | {
      /** The connection broke, or never came about; a certificate is not trusted; the login is refused; it does not take writes. */
      is: 'connection' | 'trust' | 'login' | 'read-only';
    }
  | {
      /** The statement is refused, or the server has no time for it just now. */
      is: 'query' | 'no-time';
      code: string;
      endsSession: boolean;
      /** Someone ended the statement, or its time was over. */
      isCanceled: boolean;
    };

export interface Asked {
  database: Database;
  query: Query;
  user: string;
}

const named = (name: string, text: string, cause?: unknown) => Object.assign(new Error(text, { cause }), { name });

/** Why the way to a database was not found, as the port names it: only that there is no such host or instance proves anything. */
export function lookupNamed(
  { lookup, withinMs, cause }: LookupFailed,
  { database: { instance }, user }: Asked,
): unknown {
  if (withinMs !== undefined) {
    const seconds = withinMs / 1000;
    const said = {
      endpoint: `RDS did not say within ${seconds} s where ${instance} is.`,
      address: `No DNS server gave the address of ${instance} within ${seconds} s.`,
      password: `Could not get the password of ${user} within ${seconds} s.`,
    };
    return named('Timeout', said[lookup]);
  }
  const isGone =
    (lookup === 'address' && (cause as Error).name === 'NotFound') ||
    (lookup === 'endpoint' &&
      (isAwsError(cause, 'DBInstanceNotFound') || (cause as Error).name === 'ConnectionFailed'));
  return isGone ? named('ConnectionFailed', `${instance} cannot be reached: ${messageOf(cause)}`, cause) : cause;
}

/**
 * The error as the port names it. `ConnectionFailed` and `ReadOnly` prove a writer fenced, so neither may come of a server that speaks and
 * has no time just now. A change that was sent is unknown unless the server itself said that it was rolled back.
 */
export function asPortNamesIt(
  error: unknown,
  { meaningOf, engine, ...asked }: Asked & { meaningOf(error: unknown): Meaning; engine: SqlEngine },
  { spoke, sent, tookMs, timedOutMs }: Progress,
): unknown {
  const { instance } = asked.database;
  if (error instanceof DrillError) return error;
  const { code = '' } = error as { code?: string };
  const said = messageOf(error);
  const lost = (name: string, text: string) =>
    sent && asked.query.changes
      ? new UnknownOutcome(asked.query.name, named(name, text, error))
      : named(name, text, error);

  if (timedOutMs !== undefined) {
    const text = `${instance} did not answer within ${timedOutMs / 1000} s.`;
    return spoke ? lost('Timeout', text) : named('ConnectionFailed', text);
  }
  const meaning = meaningOf(error);
  switch (meaning.is) {
    case 'trust':
      return new TlsFailed(`No trusted connection to ${instance}: ${said}`);
    case 'connection':
      if (spoke) return lost('Unavailable', `${instance} broke the connection off: ${said || code}`);
      return named('ConnectionFailed', `${instance} cannot be reached: ${said || code}`, error);
    case 'login':
      return new LoginFailed(`${instance} does not let ${asked.user} in: ${said}`, engine);
    case 'read-only':
      return named('ReadOnly', `${instance} refused to write: ${said}`, error);
    default: {
      const { forAtMostMs } = asked.query.readOnly ?? {};
      if (meaning.isCanceled && forAtMostMs !== undefined && tookMs >= forAtMostMs)
        return named('TookTooLong', `${instance}: ${said} (${meaning.code})`, error);
      if (meaning.is === 'query') return named('QueryFailed', `${instance}: ${said} (${meaning.code})`, error);
      const text = `${instance} has no time just now: ${said} (${meaning.code})`;
      return meaning.endsSession ? lost('Unavailable', text) : named('Unavailable', text, error);
    }
  }
}

const messageOf = (error: unknown): string =>
  withoutSecrets((error as { message?: string } | undefined)?.message ?? String(error));

/** Someone answered, and does not let us in: no sign of a failure, but a mistake in the set-up. */
export class LoginFailed extends DrillError {
  constructor(message: string, engine: SqlEngine) {
    const rules = engine === 'postgres' ? "pg_hba's rules" : 'the hosts that the user may come from';
    super('login-failed', message, {
      hint: `Check user and password of the data store's 'login' in the topology, and ${rules}.`,
    });
    this.name = 'LoginFailed';
  }
}

/** Someone answered whom the login does not trust: a mistake in the set-up, too. */
class TlsFailed extends DrillError {
  constructor(message: string) {
    super('tls-failed', message, {
      hint: "Check tls and ca of the data store's 'login' in the topology: RDS's authorities are in AWS's global-bundle.pem.",
    });
    this.name = 'TlsFailed';
  }
}

/** The role may not make the table of heartbeats, or not use it. */
export function heartbeatsNotAllowed(
  { database: { instance }, user }: Asked,
  engine: SqlEngine,
  cause: unknown,
): DrillError {
  const { createHeartbeats, grantHeartbeats } = dialects[engine];
  return new DrillError(
    'heartbeats-not-allowed',
    `${user} may not write heartbeats to ${instance}: ${withoutSecrets((cause as Error).message)}.`,
    { hint: `Its owner runs, once: ${createHeartbeats}; ${grantHeartbeats(user)}`, cause },
  );
}
