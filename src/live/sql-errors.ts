import { isAwsError } from '../aws/aws.ts';

import { DrillError, UnknownOutcome } from '../errors.ts';
import type { Database, Query } from '../ports/sql.ts';
import { withoutSecrets } from '../secrets.ts';
import { createHeartbeats } from '../steps/data/heartbeat.ts';
import { isAboutTrust } from './trust.ts';

/** What is found out before a database is asked. */
export type Lookup = 'endpoint' | 'address' | 'password';

/** Something that is found out before a database is asked was not to be had: set `withinMs` where time ran out. */
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
  /** PostgreSQL has said something: whatever happens from then on, somebody is there. */
  spoke: boolean;
  /** The query's own statement was sent. */
  sent: boolean;
  tookMs: number;
  /** Set where time ran out. */
  timedOutMs: number | undefined;
}

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
      password: `The password of ${user} was not to be had within ${seconds} s.`,
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
export function asPortNamesIt(error: unknown, asked: Asked, { spoke, sent, tookMs, timedOutMs }: Progress): unknown {
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
  if (isAboutTrust(code, said) || said.includes('does not support SSL'))
    return new TlsFailed(`No trusted connection to ${instance}: ${said}`);
  if (!/^[0-9A-Z]{5}$/.test(code) || NODE_CODE.test(code)) {
    if (spoke) return lost('Unavailable', `${instance} broke the connection off: ${said || code}`);
    return named('ConnectionFailed', `${instance} cannot be reached: ${said || code}`, error);
  }
  // 28: invalid authorization.
  if (code.startsWith('28')) return new LoginFailed(`${instance} does not let ${asked.user} in: ${said}`);
  if (code === '25006') return named('ReadOnly', `${instance} refused to write: ${said}`, error);
  const { forAtMostMs } = asked.query.readOnly ?? {};
  if (code === CANCELED && forAtMostMs !== undefined && tookMs >= forAtMostMs)
    return named('TookTooLong', `${instance}: ${said} (${code})`, error);
  if (!PASSES.test(code)) return named('QueryFailed', `${instance}: ${said} (${code})`, error);
  const text = `${instance} has no time just now: ${said} (${code})`;
  // What only ends the statement has rolled it back; what ends the session need not.
  return hasEndedSession(error) ? lost('Unavailable', text) : named('Unavailable', text, error);
}

const CANCELED = '57014';
/** Node's EPIPE, EPERM and the like look like PostgreSQL's codes, of which none begins so. */
const NODE_CODE = /^E[A-Z]{4}$/;
/**
 * PostgreSQL's words for what passes by itself: connections (08), serialisation, deadlocks and conflicts with recovery (40), resources
 * (53), locks (55P03), statements that somebody ended, starting up or shutting down (57), sessions that stood still for too long (25P), and disks
 * that do not answer (58).
 */
const PASSES = /^(08|25P0[34]|40|53|55P03|57014|57P0[1235]|58)/;

const hasEndedSession = (error: unknown): boolean =>
  ['FATAL', 'PANIC'].includes((error as { severity?: string }).severity ?? '') ||
  /^(08|40003|57P0)/.test((error as { code: string }).code);

const messageOf = (error: unknown): string =>
  withoutSecrets((error as { message?: string } | undefined)?.message ?? String(error));

/** Somebody answered, and does not let us in: no sign of a failure, but a mistake in the set-up. */
export class LoginFailed extends DrillError {
  constructor(message: string) {
    super('login-failed', message, {
      hint: "Check user and password of the data store's 'login' in the topology, and pg_hba's rules.",
    });
    this.name = 'LoginFailed';
  }
}

/** Somebody answered whom the login does not trust: a mistake in the set-up, too. */
class TlsFailed extends DrillError {
  constructor(message: string) {
    super('tls-failed', message, {
      hint: "Check tls and ca of the data store's 'login' in the topology: RDS's authorities are in AWS's global-bundle.pem.",
    });
    this.name = 'TlsFailed';
  }
}

/** The role may not make the table of heartbeats, or not use it. */
export const heartbeatsNotAllowed = (instance: string, user: string, cause: unknown): DrillError =>
  new DrillError(
    'heartbeats-not-allowed',
    `${user} may not write heartbeats to ${instance}: ${withoutSecrets((cause as Error).message)}.`,
    {
      hint: `Its owner runs, once: ${createHeartbeats}; grant select, insert, update on dr_drill_heartbeat to "${user}";`,
      cause,
    },
  );
