import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Client as PgClient } from 'pg';
import { ROWS_AT_MOST, type Row } from '../ports/sql.ts';
import type { Meaning } from './sql-errors.ts';
import type { SessionOptions, SqlDriver, SqlSession } from './sql-session.ts';
import { isAboutTrust } from './trust.ts';

/** PostgreSQL, by the library `pg`. */
export const postgresDriver: SqlDriver = {
  load: () => import('pg'),
  begin,
  meaningOf,
  lacksTable: (error) => codeOf(error) === '42P01',
  // Two sessions at a time may both find no table, and `if not exists` does not keep them apart.
  isMadeByAnother: (error) => ['42P07', '23505'].includes(codeOf(error)),
  isNotAllowed: (error) => codeOf(error) === '42501',
};

async function begin(options: SessionOptions): Promise<SqlSession> {
  const { Client, Query } = (await import('pg')).default;
  const { login, database, readOnly, onEnd } = options;
  const { address, host, port, password } = options.way;
  const client = new Client({
    host: address,
    port,
    database,
    user: login.user,
    password,
    ssl: login.tls !== 'off' && {
      servername: host,
      rejectUnauthorized: login.tls === 'verify-full',
      ...(options.authorities && { secureContext: trusting(options.authorities) }),
    },
    application_name: 'dr-drill',
    ...(readOnly && { options: '-c default_transaction_read_only=on' }),
    types: { getTypeParser: (oid) => plain(oid) },
  });
  client.once('end', onEnd);
  // A session that breaks while nobody asks it anything is found out by the next query.
  client.on('error', () => {});
  return {
    connect: async () => {
      await client.connect();
    },
    async ask(text, values) {
      // Several statements without values give an answer each; the last one's counts.
      const answers = [await client.query<Row>({ text, values: [...values] })].flat();
      return answers.at(-1)?.rows ?? [];
    },
    // The session is this query's alone, so nobody waits for its end. Dates and times are the same on every server.
    async askReadOnly(text, values, forAtMostMs) {
      await client.query('begin transaction read only');
      await client.query(
        "select set_config('statement_timeout', $1, true), set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true)",
        [String(forAtMostMs)],
      );
      const rows: Row[] = [];
      // The extended protocol takes one statement, however well a second one hides.
      const asking = client.query(new Query({ text, values: [...values], queryMode: 'extended' } as { text: string }));
      await new Promise<void>((resolve, reject) => {
        asking.on('row', (row: Row) => rows.push(row) >= ROWS_AT_MOST && resolve());
        asking.on('end', () => resolve());
        asking.on('error', reject);
      });
      return rows.slice(0, ROWS_AT_MOST);
    },
    allowWrites: () => client.query('set session characteristics as transaction read write'),
    hasSpoken() {
      const { encrypted, bytesRead } = streamOf(client);
      return encrypted === true || bytesRead > 0;
    },
    socket: () => streamOf(client),
    end: () => void client.end().catch(() => {}),
    destroy: () => void streamOf(client).destroy(),
  };
}

/** Parsed once: a bundle takes 100 ms. */
const contexts = new WeakMap<readonly string[], ReturnType<typeof createSecureContext>>();

function trusting(authorities: readonly string[]) {
  const known = contexts.get(authorities) ?? createSecureContext({ ca: [...authorities] });
  contexts.set(authorities, known);
  return known;
}

/** int8, int2, int4, oid, float4 and float8: counts and sequences are whole numbers far below 2^53. */
const NUMBERS = [20, 21, 23, 26, 700, 701];
const BOOL = 16;

/** Numbers and truths as such; all else in PostgreSQL's own words, not in this machine's time zone. */
const plain = (oid: number) => (text: string) =>
  NUMBERS.includes(oid) ? Number(text) : oid === BOOL ? text === 't' : text;

interface Wire {
  connection: { stream: Socket & { encrypted?: boolean } };
}

const streamOf = (client: PgClient): Wire['connection']['stream'] => (client as unknown as Wire).connection.stream;

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** EPIPE, EPERM and similar codes of Node look like those of PostgreSQL, but none of these begins with EP. */
const NODE_CODE = /^E[A-Z]{4}$/;
/**
 * PostgreSQL's words for what passes by itself: connections (08), serialisation, deadlocks and conflicts with recovery (40), resources
 * (53), locks (55P03), statements that someone ended, starting up or shutting down (57), sessions that stood still for too long (25P), and disks
 * that do not answer (58).
 */
const PASSES = /^(08|25P0[34]|40|53|55P03|57014|57P0[1235]|58)/;

function meaningOf(error: unknown): Meaning {
  const code = codeOf(error);
  const said = (error as { message?: string }).message ?? '';
  if (isAboutTrust(code, said) || said.includes('does not support SSL')) return { is: 'trust' };
  if (!/^[0-9A-Z]{5}$/.test(code) || NODE_CODE.test(code)) return { is: 'connection' };
  // 28: invalid authorization.
  if (code.startsWith('28')) return { is: 'login' };
  if (code === '25006') return { is: 'read-only' };
  // What only ends the statement has rolled it back; what ends the session need not.
  const endsSession =
    ['FATAL', 'PANIC'].includes((error as { severity?: string }).severity ?? '') || /^(08|40003|57P0)/.test(code);
  return { is: PASSES.test(code) ? 'no-time' : 'query', code, endsSession, isCanceled: code === '57014' };
}
