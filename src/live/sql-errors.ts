import { isAwsError } from '../aws/aws.ts';
import { DrillError } from '../errors.ts';
import type { Database } from '../ports/sql.ts';
import { withoutSecrets } from '../secrets.ts';
import { createHeartbeats } from '../steps/data/heartbeat.ts';

/** How far a query had come: only from `locate` and `session` on can silence be the database's own. */
export type Stage = 'locate' | 'resolve' | 'password' | 'session';

export interface Asked {
  database: Database;
  user: string;
  stage: Stage;
  /** Set where time ran out. */
  timedOutMs: number | undefined;
}

/**
 * The error as the port names it. `ConnectionFailed` and `ReadOnly` prove a writer fenced, so neither may come of
 * our own resolver, password, rights or certificates.
 */
export function asPortNamesIt(error: unknown, { database: { instance }, user, stage, timedOutMs }: Asked): unknown {
  const { message = String(error), code = '' } = error as { message?: string; code?: string };
  const said = withoutSecrets(message);
  const named = (name: string, text: string) => Object.assign(new Error(text, { cause: error }), { name });
  if (timedOutMs !== undefined) {
    const seconds = timedOutMs / 1000;
    if (stage === 'resolve')
      return named('Timeout', `No DNS server gave the address of ${instance} within ${seconds} s.`);
    if (stage === 'password') return named('Timeout', `The password of ${user} was not to be had within ${seconds} s.`);
    return named('ConnectionFailed', `${instance} did not answer within ${seconds} s.`);
  }
  if (error instanceof DrillError) return error;
  const { name } = error as Error;
  if (stage === 'password' || (stage === 'resolve' && name !== 'NotFound')) return error;
  if (stage === 'locate' && wasAnswered(error) && !isAwsError(error, 'DBInstanceNotFound')) return error;
  if (code === '57014') return named('TookTooLong', `${instance}: ${said} (${code})`);
  if (code === '25006') return named('ReadOnly', `${instance} refused to write: ${said}`);
  // 28: invalid authorization.
  if (/^28/.test(code)) return new LoginFailed(`${instance} does not let ${user} in: ${said}`);
  if (isAboutTrust(code, message)) return new TlsFailed(`No trusted connection to ${instance}: ${said}`);
  // 57P, 53, 08: it does not take part just now.
  if (/^[0-9A-Z]{5}$/.test(code) && !/^(57P|53|08)/.test(code)) {
    return named('QueryFailed', `${instance}: ${said} (${code})`);
  }
  return named('ConnectionFailed', `${instance} cannot be reached: ${said || code}`);
}

/** AWS said no, such as for want of a right: that tells nothing of the database. */
const wasAnswered = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined;

/** OpenSSL's and Node's names for a certificate that is not trusted; what `pg` says of a server without TLS. */
const isAboutTrust = (code: string, message: string): boolean =>
  /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/.test(code) ||
  /does not support SSL|establishing an SSL connection/.test(message);

/** Somebody answered, and does not let us in: no sign of a failure, but a mistake in the set-up. */
class LoginFailed extends DrillError {
  constructor(message: string) {
    super('login-failed', message, {
      hint: "Check user and password under database.login in the topology, and pg_hba's rules.",
    });
    this.name = 'LoginFailed';
  }
}

/** Somebody answered whom the login does not trust: a mistake in the set-up, too. */
class TlsFailed extends DrillError {
  constructor(message: string) {
    super('tls-failed', message, {
      hint: "Check tls and ca under database.login in the topology: RDS's authorities are in AWS's global-bundle.pem.",
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
