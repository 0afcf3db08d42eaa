import type { RedisClientType } from '@redis/client';
import type { Clock } from '../clock/clock.ts';
import { Aborted, DrillError } from '../errors.ts';
import type { Redis, RedisEndpoint } from '../ports/redis.ts';
import { withoutSecrets } from '../secrets.ts';
import type { PasswordSource } from './password.ts';

export interface LiveRedisOptions {
  clock: Clock;
  /** Absent where the cache asks for none. */
  login?: { user?: string | undefined; password: PasswordSource } | undefined;
  readOnly: boolean;
}

/** Real caches, each asked over a connection of its own: what is found is true of whoever comes anew. */
export function liveRedis({ clock, login, readOnly }: LiveRedisOptions): Redis {
  async function asked<T>(
    at: RedisEndpoint,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
    work: (client: RedisClientType) => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted) throw new Aborted();
    const password = await login?.password(at);
    // Loaded only when a drill asks a cache something.
    const { createClient } = await import('@redis/client');
    const { host, port } = at;
    const client = createClient({
      RESP: 2,
      ...(login?.user !== undefined && { username: login.user }),
      ...(password !== undefined && { password }),
      socket: {
        host,
        port,
        connectTimeout: timeoutMs,
        reconnectStrategy: false,
        ...(at.tls && { tls: true, servername: host }),
      },
    }) as unknown as RedisClientType;
    client.on('error', () => {});
    let timer: ReturnType<Clock['setTimeout']> | undefined;
    const stopped = new Promise<never>((_, reject) => {
      timer = clock.setTimeout(
        () => reject(named('ConnectionFailed', `${at.group} did not answer within ${timeoutMs / 1000} s.`)),
        timeoutMs,
      );
      signal?.addEventListener('abort', () => reject(new Aborted()), { once: true });
    });
    const working = client.connect().then(() => work(client));
    working.catch(() => {});
    try {
      return await Promise.race([working, stopped]);
    } catch (error) {
      throw asPortNamesIt(error, at);
    } finally {
      if (timer !== undefined) clock.clearTimeout(timer);
      if (client.isOpen) client.destroy();
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

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** `ReadOnly` proves something, so it may come of nothing else. */
function asPortNamesIt(error: unknown, { group }: RedisEndpoint): unknown {
  const { message, name } = error as Error;
  if (error instanceof DrillError || error instanceof Aborted || name === 'ConnectionFailed') return error;
  const said = withoutSecrets(message);
  if (/^READONLY\b/.test(message)) return named('ReadOnly', `${group} refused to write: ${said}`);
  if (/^(NOAUTH|WRONGPASS|NOPERM)\b|^ERR AUTH/.test(message))
    return named('LoginFailed', `${group} does not let us: ${said}`);
  if (/^[A-Z]+ /.test(message)) return named('CommandFailed', `${group}: ${said}`);
  return named('ConnectionFailed', `${group} cannot be reached: ${said}`);
}
