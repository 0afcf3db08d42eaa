import type { Login } from '../drill/live.ts';
import { Aborted, DrillError } from '../errors.ts';
import { type Database, type PasswordUsed, type Row, type Sql, type SqlEngine, textIn } from '../ports/sql.ts';
import { mostBytes, readText } from '../read-file.ts';
import { dialects } from '../steps/data/dialects/index.ts';
import { HEARTBEAT_WRITE } from '../steps/data/heartbeat.ts';
import { watchAnswer } from './answer-limit.ts';
import { trustedAuthorities } from './authorities.ts';
import { FormerLogins } from './former-logins.ts';
import { mysqlDriver } from './mysql.ts';
import type { Which } from './password.ts';
import { postgresDriver } from './postgres.ts';
import {
  type Asked,
  asPortNamesIt,
  heartbeatsNotAllowed,
  LoginFailed,
  LookupFailed,
  lookupNamed,
} from './sql-errors.ts';
import type { SqlDriver, SqlSession } from './sql-session.ts';
import { type Way, type WayOptions, wayTo } from './sql-way.ts';
import { within } from './within.ts';

const drivers: Record<SqlEngine, SqlDriver> = { postgres: postgresDriver, mysql: mysqlDriver, mariadb: mysqlDriver };

export interface LiveSqlOptions extends WayOptions {
  /** PostgreSQL by default. */
  engine?: SqlEngine | undefined;
  login: Login;
  /** Whether a database was made from a backup, which may be older than its login's password. */
  isCopy?(database: Database): boolean;
  /** Sessions refuse every change. */
  readOnly: boolean;
}

/**
 * Databases of one engine by the names of RDS instances. Heartbeats go over one session that is kept, as an application's would; everything else
 * opens a session of its own, so that what it finds is true of each new session. `timeoutMs` covers connecting and the query; where
 * the database is, and its password, are found out before. Fails as the port says, and with a DrillError for what is wrong with the
 * set-up: `login-failed`, `tls-failed`, `heartbeats-not-allowed`, `ca-missing` and those of the password's source.
 */
export function liveSql(options: LiveSqlOptions): Sql & { close(): Promise<void> } {
  const { login, clock, readOnly, engine = 'postgres' } = options;
  const driver = drivers[engine];
  const way = wayTo(options);
  const kept = new Map<string, SqlSession>();
  /** Every session that may still hold a socket. */
  const open = new Set<SqlSession>();
  const used = new Map<string, PasswordUsed>();
  const logins = new FormerLogins(clock);
  const keepsPrevious = login.password.from === 'secrets-manager';
  /** A password that was rotated meanwhile is read again, once, before the refusal is believed; a copy may know the previous one. */
  const passwordsOf = (database: Database): Which[] => [
    {},
    { anew: true },
    ...(keepsPrevious && options.isCopy?.(database) ? [{ previous: true }] : []),
  ];
  const ca = login.ca === undefined ? undefined : [authorities(login.ca)];
  /** Without a file of the login's own, what the environment trusts; read once. */
  let trusted: ReturnType<typeof trustedAuthorities> | undefined;
  const trust = async () => {
    if (ca !== undefined || login.tls === 'off') return ca;
    trusted ??= trustedAuthorities();
    return trusted;
  };

  const drop = (session: SqlSession): void => {
    open.delete(session);
    session.destroy();
  };

  const newSession = async ({ name: database }: Database, found: Way): Promise<SqlSession> => {
    const authorities = await trust();
    const onEnd = () => open.delete(session);
    const session = await driver.begin({ engine, login, database, way: found, authorities, readOnly, onEnd });
    open.add(session);
    return session;
  };

  /** Asks over a session that is kept for this key, or over a new one. */
  const answerOf = async (asked: Asked, key: string | undefined, found: Way | undefined, limit: Limit) => {
    const { database, query } = asked;
    const { timeoutMs, signal } = limit;
    const beganMs = clock.elapsedMs();
    let session = key === undefined ? undefined : kept.get(key);
    if (key !== undefined) kept.delete(key);
    let sent = session !== undefined;
    let timedOutMs: number | undefined;
    const late = () => {
      timedOutMs = timeoutMs;
      return new Error('It took too long.');
    };
    // To load the driver is no part of the time that a database may take.
    await driver.load();
    try {
      const rows = await within({ clock, ms: timeoutMs, signal, late }, async (ends) => {
        if (!session && found) {
          session = await newSession(database, found);
          // The one who asked has left meanwhile, and nobody would end the session.
          if (ends.aborted) throw new Aborted();
          await session.connect();
        }
        if (!session) throw new Error(`There is no way to ${database.instance}.`);
        // Anyone who only reads is never let past what a database itself refuses.
        if (query.thoughReadOnly && !readOnly) await session.allowWrites();
        sent = true;
        const unwatch = watchAnswer(session.socket(), database.instance);
        try {
          return await ask(session, asked, ends);
        } finally {
          unwatch();
        }
      });
      if (key !== undefined && session && !kept.has(key)) kept.set(key, session);
      else session?.end();
      return rows;
    } catch (error) {
      const spoke = sent || (session?.hasSpoken() ?? false);
      if (session) drop(session);
      if (signal?.aborted) throw new Aborted();
      throw asPortNamesIt(
        error,
        { ...asked, engine, meaningOf: driver.meaningOf },
        { spoke, sent, tookMs: clock.elapsedMs() - beganMs, timedOutMs },
      );
    }
  };

  /** The table of heartbeats is made when the first is written, where the role may. */
  const ask = async (session: SqlSession, asked: Asked, signal: AbortSignal): Promise<Row[]> => {
    const { query } = asked;
    const text = textIn(engine, query);
    const values = query.values ?? [];
    if (query.readOnly) return session.askReadOnly(text, values, query.readOnly.forAtMostMs);
    const rows = () => session.ask(text, values);
    if (!text.includes('dr_drill_heartbeat')) return rows();
    try {
      return await rows().catch(async (error: unknown) => {
        if (!driver.lacksTable(error) || signal.aborted) throw error;
        await session.ask(dialects[engine].createHeartbeats, []).catch((failure: unknown) => {
          if (!driver.isMadeByAnother(failure)) throw failure;
        });
        return rows();
      });
    } catch (error) {
      throw driver.isNotAllowed(error) ? heartbeatsNotAllowed(asked, engine, error) : error;
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
      for (const session of open) drop(session);
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
