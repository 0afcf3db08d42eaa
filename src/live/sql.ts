import { readFileSync } from 'node:fs';
import type { ClientConfig, Client as PgClient } from 'pg';
import type { Clock } from '../clock/clock.ts';
import type { Login } from '../drill/live.ts';
import { Aborted, DrillError } from '../errors.ts';
import type { Dns } from '../ports/network.ts';
import type { Database, Query, Row, Sql } from '../ports/sql.ts';
import { withoutSecrets } from '../secrets.ts';
import { createHeartbeats, HEARTBEAT_WRITE } from '../steps/data/heartbeat.ts';
import { ttlCache } from './addresses.ts';
import type { PasswordSource } from './password.ts';

export interface LiveSqlOptions {
  /** Host and port of an instance's endpoint. */
  locate(database: Database, signal?: AbortSignal): Promise<{ host: string; port: number }>;
  login: Login;
  password: PasswordSource;
  dns: Dns;
  clock: Clock;
  /** Sessions refuse every change. */
  readOnly: boolean;
}

/**
 * PostgreSQL by the names of RDS instances. Heartbeats go over one session that is kept, as an application's would; everything else
 * opens a session of its own, so that what it finds is true of whoever comes anew. `timeoutMs` covers all of a query, with
 * connecting. An answer that is lost counts as none.
 */
export function liveSql(options: LiveSqlOptions): Sql & { close(): Promise<void> } {
  const { login, clock, readOnly } = options;
  const addresses = ttlCache(options.dns, clock);
  const kept = new Map<string, PgClient>();
  const ca = login.ca === undefined ? undefined : authorities(login.ca);

  const connect = async (database: Database, signal: AbortSignal): Promise<PgClient> => {
    const { Client, types } = (await import('pg')).default;
    const { host, port } = await options.locate(database, signal);
    const client = new Client({
      host: await addresses.of(host, signal),
      port,
      database: database.name,
      user: login.user,
      password: await options.password({ host, port, region: database.region }),
      ssl: tls(login, host, ca),
      application_name: 'dr-drill',
      ...(readOnly && { options: '-c default_transaction_read_only=on' }),
      // Counts and sequences are whole numbers far below 2^53.
      types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format as 'text')) },
    });
    // A session that breaks while nobody asks it anything is found out by the next query.
    client.on('error', () => {});
    signal.addEventListener('abort', () => destroy(client), { once: true });
    await client.connect();
    return client;
  };

  return {
    ...(readOnly && { readsOnly: true }),
    async query(database, query, { timeoutMs, signal }) {
      if (signal?.aborted) throw new Aborted();
      const limit = new AbortController();
      const timer = clock.setTimeout(() => limit.abort(), timeoutMs);
      const ends = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
      const key =
        query.name === HEARTBEAT_WRITE ? `${database.region}/${database.instance}/${database.name}` : undefined;
      let client = key === undefined ? undefined : kept.get(key);
      if (key !== undefined) kept.delete(key);
      try {
        const answered = await stopping(ends, async () => {
          client ??= await connect(database, ends);
          return ask(client, query, ends);
        });
        if (key !== undefined && client) kept.set(key, client);
        else client?.end().catch(() => {});
        return answered;
      } catch (error) {
        if (client) destroy(client);
        if (signal?.aborted) throw new Aborted();
        throw asPortNamesIt(error, database, limit.signal.aborted ? timeoutMs : undefined, login.user);
      } finally {
        clock.clearTimeout(timer);
      }
    },
    async close() {
      for (const client of kept.values()) destroy(client);
      kept.clear();
    },
  };
}

const INT8 = 20;

/** The table of heartbeats is made when the first is written, where the role may. */
async function ask(client: PgClient, query: Query, signal: AbortSignal): Promise<Row[]> {
  const text = { text: query.text, values: [...(query.values ?? [])] };
  try {
    return (await client.query<Row>(text)).rows;
  } catch (error) {
    const missing = (error as { code?: string }).code === UNDEFINED_TABLE && query.text.includes('dr_drill_heartbeat');
    if (!missing || signal.aborted) throw error;
    await client.query(createHeartbeats);
    return (await client.query<Row>(text)).rows;
  }
}

const UNDEFINED_TABLE = '42P01';

/** A kept session outlives the query that opened it, so only a query's own end may be waited for. */
function stopping<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Aborted()), { once: true });
    work().then(resolve, reject);
  });
}

function tls({ tls: wanted }: Login, host: string, ca: string | undefined): ClientConfig['ssl'] {
  if (wanted === 'off') return false;
  return { servername: host, rejectUnauthorized: wanted === 'verify-full', ...(ca !== undefined && { ca }) };
}

function authorities(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DrillError('ca-missing', `The file of certificate authorities cannot be read: ${path}.`, {
      hint: 'It stands under database.login.ca in the topology.',
      cause,
    });
  }
}

/** Ends a session without waiting for a server that may never answer. */
const destroy = (client: PgClient): void => {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
};

/** 28: invalid authorization. 25006: a standby or a read-only session. 57P, 53, 08: it does not take part just now. */
function asPortNamesIt(error: unknown, { instance }: Database, timedOutMs: number | undefined, user: string): Error {
  if (error instanceof DrillError && !(error instanceof Aborted)) return error;
  const { message = String(error), code = '' } = error as { message?: string; code?: string };
  const said = withoutSecrets(message);
  const named = (name: string, text: string) => Object.assign(new Error(text, { cause: error }), { name });
  if (timedOutMs !== undefined) {
    return named('ConnectionFailed', `${instance} did not answer within ${timedOutMs / 1000} s.`);
  }
  if (code === '25006') return named('ReadOnly', `${instance} refused to write: ${said}`);
  if (/^28/.test(code)) {
    return new LoginFailed(`${instance} does not let ${user} in: ${said}`);
  }
  if (/^[0-9A-Z]{5}$/.test(code) && !/^(57P|53|08)/.test(code))
    return named('QueryFailed', `${instance}: ${said} (${code})`);
  return named('ConnectionFailed', `${instance} cannot be reached: ${said || code}`);
}

/** Somebody answered, and does not let us in: no sign of a failure, but a mistake in the set-up. */
class LoginFailed extends DrillError {
  constructor(message: string) {
    super('login-failed', message, {
      hint: "Check user and password under database.login in the topology, and pg_hba's rules.",
    });
    this.name = 'LoginFailed';
  }
}
