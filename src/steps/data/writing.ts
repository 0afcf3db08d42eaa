import { DrillError } from '../../errors.ts';
import { type Engine, isAsked, type Query, SQL_ENGINES } from '../../ports/sql.ts';
import { patiently, until } from '../poll.ts';
import type { StepContext } from '../step.ts';
import { clientLine } from './client-line.ts';
import type { Stop } from './dialects/dialect.ts';
import { dialects, inEach } from './dialects/index.ts';
import { proveWrite } from './heartbeat.ts';
import { askedIn, databaseAt, hasNoLogin, type Target } from './target.ts';

/** Whether a drill can stop all writes to a database of this engine, and allow them again. */
export const stopsWrites = (engine: Engine): boolean => isAsked(engine) && dialects[engine].stop !== null;

const inEachThatStops = (said: (stop: Stop) => string) => inEach(({ stop }) => (stop ? said(stop) : ''));

/** From then on each new session may only read; sessions that are open go on as they were. */
export const readOnlyFromNowOn = (database: string): Query => ({
  name: 'writes.stop',
  text: inEachThatStops((one) => one.stop(database)),
});

/** Takes that back. PostgreSQL's has come along with the data, wherever they were replicated to. */
export const writableFromNowOn = (database: string): Query => ({
  name: 'writes.allow',
  text: inEachThatStops((one) => one.allow(database)),
  thoughReadOnly: true,
});

const readOnlySetting: Query = { name: 'writes.setting', text: inEachThatStops(({ setting }) => setting) };

export const openWrites: Query = { name: 'writes.open', text: inEachThatStops(({ open }) => open) };

export const endSessions: Query = { name: 'sessions.end', text: inEachThatStops(({ end }) => end) };

const LIMIT_MS = 5_000;

export const ask = (target: Target, query: Query, { sql, signal }: Pick<StepContext, 'sql' | 'signal'>) =>
  sql.query(databaseAt(target), query, { timeoutMs: LIMIT_MS, signal });

/** Whether each new session may only read. Fails where nobody can log in: what cannot be asked cannot be stopped either. */
export async function isReadOnly(target: Target, context: StepContext): Promise<boolean> {
  if (hasNoLogin(target, context)) {
    throw new DrillError('no-login', `No login to ${target.instance}: cannot stop its writes.`, {
      hint: "Give the data store a 'login' in the topology, whose role owns the database.",
    });
  }
  const [row] = await ask(target, readOnlySetting, context);
  return row?.setting === 'on';
}

/** Whether it takes a write or refuses one: that nobody answers says neither, and is thrown. */
export async function takesOrRefuses(target: Target, context: StepContext): Promise<boolean> {
  try {
    await ask(target, proveWrite, context);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    if ((error as Error).name !== 'ReadOnly') throw error;
    return false;
  }
}

/** Lets each new session write again, ends the sessions that could not, and waits for the first write. */
export async function allowWrites(target: Target, context: StepContext): Promise<void> {
  await patiently(context, async () => {
    if (await isReadOnly(target, context)) await ask(target, writableFromNowOn(target.database), context);
    await ask(target, endSessions, context);
  });
  await until(context, async () => ((await takesOrRefuses(target, context)) ? true : undefined));
}

/** A database whose writes can be stopped. */
export const whereWritesStop = <T extends { store: string; engine: Engine }>(database: T): T =>
  askedIn('A switchover stops all writes first, which', SQL_ENGINES.filter(stopsWrites), database);

export const allowCommand = (target: Target & { engine: Engine }): string => {
  const line = clientLine(target, writableFromNowOn(target.database).text);
  return target.engine === 'postgres' ? line.replace('-c "', '-c "set transaction read write; ') : line;
};
