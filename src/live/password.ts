import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock/clock.ts';
import type { Login } from '../drill/live.ts';
import { DrillError, errorFacts, isPassing } from '../errors.ts';
import { keepSecret } from '../secrets.ts';
import { presigned, type Signing } from './presigned.ts';
import { environmentVariable, secretString } from './secret.ts';

/** Where a connection goes; a token of IAM is for this one only. */
export interface Endpoint {
  host: string;
  port: number;
  region: string;
}

export interface Which {
  /** The one that is known was refused. */
  anew?: boolean;
  /** The one before the last rotation, where its source keeps that: a restored database may know no other. */
  previous?: boolean;
}

export type PasswordSource = (endpoint: Endpoint, which?: Which) => Promise<string>;

/** RDS accepts a token of IAM for 15 minutes; a new one is made in time. */
const TOKEN_EXPIRES_IN_SECONDS = 900;
const TOKEN_LASTS_MS = 10 * 60_000;
/** A secret that is rotated is read again after this time. */
const SECRET_LASTS_MS = 5 * 60_000;

export interface Means {
  signing: Signing;
  clock: Clock;
  /** Secrets are read through it, and a session that has ended is waited for. */
  aws: Aws;
  /** Where a secret is looked for, unless the login says. */
  region: string;
}

/** How long Secrets Manager is asked again before the look counts as failed: the one who wants the password asks again then. */
const ASKED_FOR_MS = 10_000;

/**
 * The password of the topology's login; `again` where the one that is known was refused. Fails with a DrillError that never holds it:
 * `password-missing` or `password-unavailable`; and as AWS is named where it only did not answer.
 */
export function passwordSource(login: Pick<Login, 'user' | 'password'>, means: Means): PasswordSource {
  const source = sourceOf(login, means);
  return async (endpoint, which) => {
    try {
      const password = await source(endpoint, which);
      keepSecret(password);
      return password;
    } catch (cause) {
      if (cause instanceof DrillError) throw cause;
      const { name, message } = errorFacts(cause);
      // That nobody answered says nothing about the password.
      if (isPassing(cause)) {
        const text = `The password of ${login.user} could not be read: ${name}: ${message}`;
        throw Object.assign(new Error(text, { cause }), { name: 'Unavailable' });
      }
      throw new DrillError('password-unavailable', `Could not get the password of ${login.user}: ${name}: ${message}`, {
        hint: 'Check the password of the login in the topology, and the rights and region of the AWS credentials.',
        cause,
      });
    }
  };
}

function sourceOf(
  { user, password }: Pick<Login, 'user' | 'password'>,
  { signing, clock, aws, region: home }: Means,
): PasswordSource {
  switch (password.from) {
    case 'environment':
      return async () =>
        environmentVariable(password.variable, {
          code: 'password-missing',
          hint: `It must hold the password of ${user}: a login of the topology says so.`,
        });
    case 'iam':
      return kept(TOKEN_LASTS_MS, clock, async ({ host, port, region }, { anew }) => {
        // RDS does not say whether a token was refused because its session has ended; a call to AWS notices, and waits for a new one.
        if (anew) await aws.call('sts', home, 'GetCallerIdentity', {}, { withinMs: ASKED_FOR_MS });
        const query = { Action: 'connect', DBUser: user };
        const at = { service: 'rds-db', region, hostname: host, port };
        const url = await presigned({ ...at, query, expiresInSeconds: TOKEN_EXPIRES_IN_SECONDS, signing });
        return url.slice('https://'.length);
      });
    case 'secrets-manager': {
      const { secret, region = home } = password;
      const version = (stage: { VersionStage?: 'AWSPREVIOUS' }) =>
        kept(SECRET_LASTS_MS, clock, async () => {
          const text = await secretString({ SecretId: secret, ...stage }, region, { aws, withinMs: ASKED_FOR_MS });
          return passwordIn(text, secret);
        });
      const [current, previous] = [version({}), version({ VersionStage: 'AWSPREVIOUS' })];
      return (endpoint, which) => (which?.previous ? previous : current)(endpoint, which);
    }
  }
}

function kept(
  lastsMs: number,
  clock: Clock,
  make: (endpoint: Endpoint, how: { anew: boolean }) => Promise<string>,
): PasswordSource {
  const known = new Map<string, { value: Promise<string>; untilMs: number }>();
  return ({ host, port, region }, { anew = false } = {}) => {
    const key = `${region}/${host}:${port}`;
    const old = known.get(key);
    if (old && !anew && clock.nowMs() < old.untilMs) return old.value;
    const value = make({ host, port, region }, { anew });
    known.set(key, { value, untilMs: clock.nowMs() + lastsMs });
    // What was not available is requested again.
    value.catch(() => known.get(key)?.value === value && known.delete(key));
    return value;
  };
}

/** Either the password itself, or JSON as RDS and its rotation write it. */
function passwordIn(secret: string, name: string): string {
  // A binary secret comes as no text at all, and an empty password would only be refused later, as a wrong one.
  if (secret !== '' && !secret.trimStart().startsWith('{')) return secret;
  try {
    const { password } = JSON.parse(secret) as { password?: unknown };
    if (typeof password === 'string' && password !== '') return password;
  } catch {
    // said below
  }
  throw new DrillError('password-missing', `The secret ${name} has no password.`, {
    hint: 'It must be the password alone, or JSON with the key "password".',
  });
}
