import { connect } from 'node:net';
import type { Connection, ConnectionOptions, SslOptions } from 'mysql2';
import { ROWS_AT_MOST, type Row } from '../ports/sql.ts';
import type { Meaning } from './sql-errors.ts';
import type { SessionOptions, SqlDriver, SqlSession } from './sql-session.ts';

/** MySQL and MariaDB, by the library `mysql2`. */
export const mysqlDriver: SqlDriver = {
  load: () => import('mysql2'),
  begin,
  meaningOf,
  lacksTable: (error) => numberOf(error) === NO_SUCH_TABLE,
  isMadeByAnother: (error) => numberOf(error) === TABLE_EXISTS,
  isNotAllowed: (error) => NOT_ALLOWED.includes(numberOf(error)),
};

async function begin(options: SessionOptions): Promise<SqlSession> {
  const { createConnection } = (await import('mysql2')).default;
  const { login, database, readOnly, onEnd } = options;
  const { address, host, port, password } = options.way;
  const socket = connect({ host: address, port, noDelay: true });
  const settings: ConnectionOptions = {
    // The name is what its certificate is compared with; the address is where it is.
    host,
    stream: () => socket,
    database,
    user: login.user,
    password,
    ...(login.tls !== 'off' && { ssl: tlsFor(login.tls, options.authorities) }),
    // IAM's token is the password in clear, which only TLS may carry.
    ...(login.password.from === 'iam' && login.tls !== 'off' && { enableCleartextPlugin: true }),
    connectTimeout: 0,
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    // It makes no code at run time.
    disableEval: true,
  };
  const connection = createConnection(settings);
  socket.once('close', onEnd);
  // A session that breaks while nobody asks it anything is found out by the next query.
  connection.on('error', () => {});
  const ask = (sql: string) =>
    new Promise<Row[]>((resolve, reject) => {
      connection.query(sql, (error, rows) => (error ? reject(error) : resolve(rowsIn(rows))));
    });
  return {
    async connect() {
      await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
      // Times are the same on every server.
      await ask("set time_zone = '+00:00'");
      if (readOnly) await ask('set session transaction read only');
    },
    ask: (text, values) => ask(withValues(connection, text, values)),
    // The session is this query's alone, so nobody waits for its end; one query is one statement.
    async askReadOnly(text, values, forAtMostMs) {
      await ask('set session transaction read only');
      await ask(limitTo(forAtMostMs));
      await ask('start transaction read only');
      const rows: Row[] = [];
      const asking = connection.query(withValues(connection, text, values));
      await new Promise<void>((resolve, reject) => {
        asking.on('result', (row) => {
          if (isRow(row) && rows.push(plainRow(row)) >= ROWS_AT_MOST) resolve();
        });
        asking.on('end', () => resolve());
        asking.on('error', reject);
      });
      return rows.slice(0, ROWS_AT_MOST);
    },
    allowWrites: () => ask('set session transaction read write'),
    hasSpoken: () => socket.bytesRead > 0,
    socket: () => socket,
    end: () => connection.end(() => {}),
    destroy: () => connection.destroy(),
  };
}

/** Each engine carries out its own setting, and takes the other's for a comment: neither knows the other's variable. */
const limitTo = (ms: number): string =>
  `set /*M! max_statement_time = ${ms / 1000}, */ /*!50708 max_execution_time = ${Math.ceil(ms)}, */ time_zone = '+00:00'`;

/** One object for the same authorities: what is made of them is kept with it. */
const known = new Map<string, WeakMap<readonly string[], SslOptions>>();
const NODES_OWN: readonly string[] = [];

function tlsFor(wanted: 'verify-full' | 'require', authorities = NODES_OWN): SslOptions {
  const made = known.get(wanted) ?? new WeakMap<readonly string[], SslOptions>();
  known.set(wanted, made);
  const isVerified = wanted === 'verify-full';
  const old = made.get(authorities) ?? {
    rejectUnauthorized: isVerified,
    verifyIdentity: isVerified,
    ...(authorities.length > 0 && { ca: [...authorities] }),
  };
  made.set(authorities, old);
  return old;
}

/** `$1` as every dialect has it; nothing of a user's own text, which has no values. */
const withValues = (connection: Connection, text: string, values: readonly (string | number)[]): string =>
  values.length === 0
    ? text
    : text.replace(/\$(\d+)/g, (_, place: string) => connection.escape(values[Number(place) - 1]));

const isRow = (row: object): row is Record<string, unknown> => !Array.isArray(row) && !('affectedRows' in row);

/** The rows of an answer; none of a statement that gives none. */
function rowsIn(answer: unknown): Row[] {
  return Array.isArray(answer) ? answer.filter(isRow).map(plainRow) : [];
}

const plainRow = (row: Record<string, unknown>): Row =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)]));

/** Numbers as such; all else in the server's own words. */
function plain(value: unknown): Row[string] {
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? `0x${value.toString('hex')}` : JSON.stringify(value);
}

/** The server's own number, which both engines have from 1000 on; Node's are below 0. */
const numberOf = (error: unknown): number => {
  const { errno = 0 } = error as { errno?: number };
  return errno >= 1_000 ? errno : 0;
};

const NO_SUCH_TABLE = 1146;
const TABLE_EXISTS = 1050;
/** To the database, to a table, to a column, or for want of a privilege. */
const NOT_ALLOWED = [1044, 1142, 1143, 1227];

/** Access denied, to a database as well; the host, the way of logging in or the account is refused; the password is to be changed. */
const LOGIN = [1044, 1045, 1130, 1251, 1698, 1820, 1862, 3118, 4151];

/** A transaction that only reads, a server, InnoDB or a schema that does. */
const READ_ONLY = [1792, 1836, 1874, 3989];
/** Stands for other options of the server as well. */
const OPTION_PREVENTS = 1290;

/** Someone ended the statement, or its time was over: MySQL's number, and MariaDB's. */
const CANCELED = [1317, 3024, 1969];

/** What passes by itself: disk and memory, locks and deadlocks, a transaction that was rolled back with a whole group. */
const PASSES = [1021, 1037, 1038, 1041, 1205, 1206, 1213, 1297, 1613, 1614, 3101, 3572];

/** What passes, and ends the session: too many connections, a server that stops, sessions that someone ended, hosts that are blocked for a while. */
const ENDS = [1040, 1053, 1077, 1079, 1129, 1135, 1152, 1184, 1203, 1226, 1927, 3032, 3168, 4031];

/** The server wants TLS, which the login has off. */
const WANTS_TLS = 3159;

function meaningOf(error: unknown): Meaning {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const number = numberOf(error);
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT' || number === WANTS_TLS) return { is: 'trust' };
  if (code === 'HANDSHAKE_SSL_ERROR')
    return { is: /certificate|altnames|alert/i.test(message) ? 'trust' : 'connection' };
  if (number === 0) return { is: code === 'AUTH_SWITCH_PLUGIN_ERROR' ? 'login' : 'connection' };
  if (LOGIN.includes(number)) return { is: 'login' };
  if (READ_ONLY.includes(number) || (number === OPTION_PREVENTS && /read[-_ ]only/i.test(message)))
    return { is: 'read-only' };
  const isCanceled = CANCELED.includes(number);
  const endsSession = ENDS.includes(number);
  const passes = isCanceled || endsSession || PASSES.includes(number);
  return { is: passes ? 'no-time' : 'query', code: String(number), endsSession, isCanceled };
}
