import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import type { RedisClientType } from '@redis/client';
import type { Clock } from '../clock/clock.ts';
import { Aborted, DrillError } from '../errors.ts';
import type { Redis, RedisEndpoint } from '../ports/redis.ts';
import { withoutSecrets } from '../secrets.ts';
import { ANSWER_MOST_BYTES, answerTooLarge } from './answer-limit.ts';
import { bounded } from './bounded-answers.ts';
import { FormerLogins } from './former-logins.ts';
import type { PasswordSource } from './password.ts';
import { isAboutTrust } from './trust.ts';
import { within } from './within.ts';

export interface LiveRedisOptions {
  clock: Clock;
  /** Absent where the cache asks for none. */
  login?: { user?: string | undefined; password: PasswordSource } | undefined;
  readOnly: boolean;
}

const LOOKUP_MS = 10_000;

/**
 * Real caches, each asked over a connection of its own: what is found is true of each new session. `timeoutMs` covers connecting and
 * the command; the password is found out before.
 */
export function liveRedis({ clock, login, readOnly }: LiveRedisOptions): Redis {
  /** As long as a database's password may take: while a run waits for an AWS session, the one who asks looks again. */
  const known = async (at: RedisEndpoint, { signal }: Limit, how?: { anew: boolean }) => {
    const late = () => named('Timeout', `Could not get the password of ${at.group} within ${LOOKUP_MS / 1000} s.`);
    return login && within({ clock, ms: LOOKUP_MS, signal, late }, () => login.password(at, how));
  };

  const logins = new FormerLogins(clock);

  async function asked<T>(at: RedisEndpoint, limit: Limit, work: (client: RedisClientType) => Promise<T>): Promise<T> {
    const who = `${at.region}/${at.group}`;
    try {
      const answer = await withLogin(at, limit, work);
      logins.worked(who);
      return answer;
    } catch (error) {
      throw error instanceof LoginFailed ? logins.refused(who, error) : error;
    }
  }

  async function withLogin<T>(at: RedisEndpoint, limit: Limit, work: (client: RedisClientType) => Promise<T>) {
    const password = await known(at, limit);
    try {
      return await askedWith(password, at, limit, work);
    } catch (error) {
      if (!(error instanceof LoginFailed) || !login) throw error;
      // A password that was rotated meanwhile: read again, once, before the refusal is believed.
      const renewed = await known(at, limit, { anew: true });
      if (renewed === password) throw error;
      return askedWith(renewed, at, limit, work);
    }
  }

  async function askedWith<T>(
    password: string | undefined,
    at: RedisEndpoint,
    { timeoutMs, signal }: Limit,
    work: (client: RedisClientType) => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted) throw new Aborted();
    // Loaded only when a drill asks a cache something.
    const { createClient } = await import('@redis/client');
    const { host, port } = at;
    let client: RedisClientType | undefined;
    let isConnected = false;
    const limit = { mostBytes: ANSWER_MOST_BYTES, tooLarge: () => answerTooLarge(at.group) };
    const late = () =>
      named(isConnected ? 'Timeout' : 'ConnectionFailed', `${at.group} did not answer within ${timeoutMs / 1000} s.`);
    try {
      return await within({ clock, ms: timeoutMs, signal, late }, () =>
        bounded(limit, async () => {
          client = createClient({
            RESP: 2,
            ...(login?.user !== undefined && { username: login.user }),
            ...(password !== undefined && { password }),
            socket: {
              host,
              port,
              connectTimeout: timeoutMs,
              reconnectStrategy: false,
              ...(at.tls && { tls: true, servername: host, socket: underTls(at) }),
            },
          }) as unknown as RedisClientType;
          client.on('error', () => {});
          await client.connect();
          isConnected = true;
          return work(client);
        }),
      );
    } catch (error) {
      throw asPortNamesIt(error, at, isConnected);
    } finally {
      if (client?.isOpen) client.destroy();
    }
  }

  return {
    async write(at, key, value, { lastsMs, ...limit }) {
      if (readOnly)
        throw new DrillError('read-only', `${key} would be written to ${at.group}, and this run only reads.`);
      await asked(at, limit, (client) => client.set(key, value, { expiration: { type: 'PX', value: lastsMs } }));
    },
    read: (at, key, limit) => asked(at, limit, (client) => client.get(key)),
  };
}

/** A connection below TLS: of one that TLS opens itself, nobody sees the bytes. */
function underTls({ host, port }: RedisEndpoint): Duplex {
  const socket = connect({ host, port });
  const bytes = new Duplex({
    read: () => socket.resume(),
    write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => bytes.push(chunk) || socket.pause());
  socket.on('end', () => bytes.push(null));
  socket.on('error', (error) => bytes.destroy(error));
  return bytes;
}

interface Limit {
  timeoutMs: number;
  signal?: AbortSignal;
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** The cache answered, and does not let us in: a mistake in the set-up. */
class LoginFailed extends DrillError {
  constructor(message: string) {
    super('login-failed', message, {
      hint: "Check user, password and access rules of the cache's 'login' in the topology.",
    });
    this.name = 'LoginFailed';
  }
}

/** `ReadOnly` proves something, so it may come of nothing else. */
function asPortNamesIt(error: unknown, { group }: RedisEndpoint, isConnected: boolean): unknown {
  const { message, name, code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof DrillError || ['ConnectionFailed', 'Timeout', 'Unreadable'].includes(name)) return error;
  const said = withoutSecrets(message);
  if (isAboutTrust(code, message))
    return new DrillError('tls-failed', `No trusted connection to ${group}: ${said}`, {
      hint: 'Give its certificate authority to NODE_EXTRA_CA_CERTS; a proxy that opens TLS must leave the cache out.',
      cause: error,
    });
  if (/^READONLY\b/.test(message)) return named('ReadOnly', `${group} refused to write: ${said}`);
  if (/^(NOAUTH|WRONGPASS|NOPERM)\b|^ERR (AUTH|invalid password|Client sent AUTH)/.test(message))
    return new LoginFailed(`${group} does not let us in: ${said}`);
  if (PASSES.test(message)) return named('Unavailable', `${group} has no time just now: ${said}`);
  if (/^[A-Z]+ /.test(message)) return named('CommandFailed', `${group}: ${said}`);
  return isConnected
    ? named('Unavailable', `${group} broke the connection off: ${said}`)
    : named('ConnectionFailed', `${group} cannot be reached: ${said}`);
}

/** What a cache says while it starts, fails over, moves slots or is too busy. */
const PASSES = /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|NOREPLICAS|UNBLOCKED)\b|max number of clients/;
