import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { ClientConfig, Client as PgClient } from 'pg';
import type { Login } from '../drill/live.ts';
import { Aborted, DrillError } from '../errors.ts';
import { type Database, type PasswordUsed, type Query, ROWS_AT_MOST, type Row, type Sql } from '../ports/sql.ts';
import { mostBytes, readText } from '../read-file.ts';
import { createHeartbeats, HEARTBEAT_WRITE } from '../steps/data/heartbeat.ts';
import { watchAnswer } from './answer-limit.ts';
import { ownTrust } from './authorities.ts';
import { FormerLogins } from './former-logins.ts';
import type { Which } from './password.ts';
import {
  type Asked,
  asPortNamesIt,
  heartbeatsNotAllowed,
  LoginFailed,
  LookupFailed,
  lookupNamed,
} from './sql-errors.ts';
import { type Way, type WayOptions, wayTo } from './sql-way.ts';
import { within } from './within.ts';

export interface LiveSqlOptions extends WayOptions {
  login: Login;
  /** Whether a database was made from a backup, which may be older than its login's password. */
  isCopy?(database: Database): boolean;
  /** Sessions refuse every change. */
  readOnly: boolean;
}

/**
 * PostgreSQL by the names of RDS instances. Heartbeats go over one session that is kept, as an application's would; everything else
 * opens a session of its own, so that what it finds is true of whoever comes anew. `timeoutMs` covers connecting and the query; where
 * the database is, and its password, are found out before. Fails as the port says, and with a DrillError for what is wrong with the
 * set-up: `login-failed`, `tls-failed`, `heartbeats-not-allowed`, `ca-missing` and those of the password's source.
 */
export function liveSql(options: LiveSqlOptions): Sql & { close(): Promise<void> } {
  const { login, clock, readOnly } = options;
  const way = wayTo(options);
  const kept = new Map<string, PgClient>();
  /** Every session that may still hold a socket. */
  const open = new Set<PgClient>();
  const used = new Map<string, PasswordUsed>();
  const logins = new FormerLogins(clock);
  const keepsPrevious = login.password.from === 'secrets-manager';
  /** A password that was rotated meanwhile is read anew, once, before the refusal is believed; a copy may know the one before. */
  const passwordsOf = (database: Database): Which[] => [
    {},
    { anew: true },
    ...(keepsPrevious && options.isCopy?.(database) ? [{ previous: true }] : []),
  ];
  const ca = login.ca === undefined ? undefined : authorities(login.ca);
  /** Without a file of the login's own, what the environment trusts; read once. */
  let trusted: ReturnType<typeof ownTrust> | undefined;
  const trust = async () => {
    if (ca !== undefined || login.tls === 'off') return ca === undefined ? {} : { ca };
    trusted ??= ownTrust();
    const secureContext = await trusted;
    return secureContext ? { secureContext } : {};
  };

  const drop = (client: PgClient): void => {
    open.delete(client);
    destroy(client);
  };

  const newSession = async (database: Database, { host, port, address, password }: Way): Promise<PgClient> => {
    const { Client } = (await import('pg')).default;
    const client = new Client({
      host: address,
      port,
      database: database.name,
      user: login.user,
      password,
      ssl: tls(login, host, await trust()),
      application_name: 'dr-drill',
      ...(readOnly && { options: '-c default_transaction_read_only=on' }),
      types: { getTypeParser: (oid) => plain(oid) },
    });
    open.add(client);
    client.once('end', () => open.delete(client));
    // A session that breaks while nobody asks it anything is found out by the next query.
    client.on('error', () => {});
    return client;
  };

  /** Asks over a session that is kept for this key, or over a new one. */
  const answerOf = async (asked: Asked, key: string | undefined, found: Way | undefined, limit: Limit) => {
    const { database, query } = asked;
    const { timeoutMs, signal } = limit;
    const beganMs = clock.elapsedMs();
    let client = key === undefined ? undefined : kept.get(key);
    if (key !== undefined) kept.delete(key);
    let sent = client !== undefined;
    let timedOutMs: number | undefined;
    const late = () => {
      timedOutMs = timeoutMs;
      return new Error('It took too long.');
    };
    // To load the driver is no part of the time that a database may take.
    await import('pg');
    try {
      const rows = await within({ clock, ms: timeoutMs, signal, late }, async (ends) => {
        if (!client && found) {
          client = await newSession(database, found);
          // Whoever asked has left meanwhile, and nobody would end the session.
          if (ends.aborted) throw new Aborted();
          await client.connect();
        }
        if (!client) throw new Error(`There is no way to ${database.instance}.`);
        // Whoever only reads is never let past what a database itself refuses.
        if (query.thoughReadOnly && !readOnly)
          await client.query('set session characteristics as transaction read write');
        sent = true;
        const unwatch = watchAnswer(streamOf(client), database.instance);
        try {
          return await ask(client, asked, ends);
        } finally {
          unwatch();
        }
      });
      if (key !== undefined && client && !kept.has(key)) kept.set(key, client);
      else client?.end().catch(() => {});
      return rows;
    } catch (error) {
      const spoke = sent || (client !== undefined && hasSpoken(client));
      if (client) drop(client);
      if (signal?.aborted) throw new Aborted();
      throw asPortNamesIt(error, asked, { spoke, sent, tookMs: clock.elapsedMs() - beganMs, timedOutMs });
    }
  };

  return {
    ...(readOnly && { readsOnly: true }),
    passwordUsed: ({ region, instance }) => used.get(`${region}/${instance}`),
    async query(database, query, limit) {
      const { signal } = limit;
      if (signal?.aborted) throw new Aborted();
      const asked = { database, query, user: login.user };
      const who = `${database.region}/${database.instance}`;
      const key =
        query.name === HEARTBEAT_WRITE ? `${database.region}/${database.instance}/${database.name}` : undefined;
      const find = async (which?: Which) =>
        key !== undefined && kept.has(key) ? undefined : await way(database, signal, which);
      try {
        const rows = await withAny(passwordsOf(database), {
          find,
          ask: (found) => answerOf(asked, key, found, limit),
          note: (password) => used.set(who, password),
        });
        logins.worked(who);
        return rows;
      } catch (error) {
        if (error instanceof LoginFailed) throw logins.refused(who, error);
        throw error instanceof LookupFailed ? lookupNamed(error, asked) : error;
      }
    },
    async close() {
      kept.clear();
      for (const client of open) drop(client);
    },
  };
}

/** Asks with one password after the other, for as long as the login is refused; none is given twice. */
async function withAny(
  passwords: readonly Which[],
  {
    find,
    ask,
    note,
  }: {
    find(which: Which): Promise<Way | undefined>;
    ask(found: Way | undefined): Promise<Row[]>;
    note(used: PasswordUsed): void;
  },
): Promise<Row[]> {
  const tried = new Set<string | undefined>();
  const hasPrevious = passwords.some(({ previous }) => previous);
  let refused: unknown;
  for (const which of passwords) {
    const found = await find(which).catch((error: unknown) => {
      // Without a version before this one, the refusal stands.
      if (which.previous && error instanceof LookupFailed) return undefined;
      throw error;
    });
    if (refused && (!found || tried.has(found.password))) continue;
    tried.add(found?.password);
    try {
      const rows = await ask(found);
      if (hasPrevious && found) note(which.previous ? 'AWSPREVIOUS' : 'AWSCURRENT');
      return rows;
    } catch (error) {
      // Whatever else a server says of a query, it had let us in.
      if (hasPrevious && (error as Error).name === 'QueryFailed') note(which.previous ? 'AWSPREVIOUS' : 'AWSCURRENT');
      if (!(error instanceof LoginFailed)) throw error;
      refused = error;
    }
  }
  if (hasPrevious) note('neither');
  throw refused;
}

interface Limit {
  timeoutMs: number;
  signal?: AbortSignal;
}

/** int8, int2, int4, oid, float4 and float8: counts and sequences are whole numbers far below 2^53. */
const NUMBERS = [20, 21, 23, 26, 700, 701];
const BOOL = 16;

/** Numbers and truths as such; all else in PostgreSQL's own words, not in this machine's time zone. */
const plain = (oid: number) => (text: string) =>
  NUMBERS.includes(oid) ? Number(text) : oid === BOOL ? text === 't' : text;

/** The table of heartbeats is made when the first is written, where the role may. */
async function ask(client: PgClient, { database, query, user }: Asked, signal: AbortSignal): Promise<Row[]> {
  if (query.readOnly) return onlyRead(client, query, query.readOnly);
  const rows = async () => {
    // Several statements without values give an answer each; the last one's counts.
    const answers = [await client.query<Row>({ text: query.text, values: [...(query.values ?? [])] })].flat();
    return answers.at(-1)?.rows ?? [];
  };
  if (!query.text.includes('dr_drill_heartbeat')) return rows();
  try {
    return await rows().catch(async (error: unknown) => {
      if (codeOf(error) !== UNDEFINED_TABLE || signal.aborted) throw error;
      await client.query(createHeartbeats).catch((failure: unknown) => {
        if (!MADE_BY_ANOTHER.includes(codeOf(failure))) throw failure;
      });
      return rows();
    });
  } catch (error) {
    throw codeOf(error) === NOT_ALLOWED ? heartbeatsNotAllowed(database.instance, user, error) : error;
  }
}

/**
 * In a transaction that neither a statement nor a procedural block can end or open for writing. The session is this query's alone, so
 * nobody waits for its end. Dates and times are the same on every server.
 */
async function onlyRead(client: PgClient, { text, values }: Query, { forAtMostMs }: NonNullable<Query['readOnly']>) {
  const { Query: Asking } = (await import('pg')).default;
  await client.query('begin transaction read only');
  await client.query(
    "select set_config('statement_timeout', $1, true), set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true)",
    [String(forAtMostMs)],
  );
  const rows: Row[] = [];
  // The extended protocol takes one statement, however well a second one hides.
  const statement = { text, values: [...(values ?? [])], queryMode: 'extended' };
  const asking = client.query(new Asking(statement));
  await new Promise<void>((resolve, reject) => {
    asking.on('row', (row: Row) => rows.push(row) >= ROWS_AT_MOST && resolve());
    asking.on('end', () => resolve());
    asking.on('error', reject);
  });
  return rows.slice(0, ROWS_AT_MOST);
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

const UNDEFINED_TABLE = '42P01';
const NOT_ALLOWED = '42501';
/** Two sessions at a time may both find no table, and `if not exists` does not keep them apart. */
const MADE_BY_ANOTHER = ['42P07', '23505'];

function tls(
  { tls: wanted }: Login,
  host: string,
  trust: { ca?: string; secureContext?: SecureContext },
): ClientConfig['ssl'] {
  if (wanted === 'off') return false;
  return { servername: host, rejectUnauthorized: wanted === 'verify-full', ...trust };
}

function authorities(path: string): string {
  try {
    return readText(path, mostBytes.record);
  } catch (cause) {
    throw new DrillError('ca-missing', `The file of certificate authorities cannot be read: ${path}.`, {
      hint: "It is 'ca' of the data store's 'login' in the topology.",
      cause,
    });
  }
}

interface Wire {
  connection: { stream: Socket & { encrypted?: boolean } };
}

const streamOf = (client: PgClient): Wire['connection']['stream'] => (client as unknown as Wire).connection.stream;

/** Ends a session without waiting for a server that may never answer. */
const destroy = (client: PgClient): void => {
  streamOf(client).destroy();
};

/** Whether the server has said anything; before TLS begins it has agreed to that. */
function hasSpoken(client: PgClient): boolean {
  const { encrypted, bytesRead } = streamOf(client);
  return encrypted === true || bytesRead > 0;
}
