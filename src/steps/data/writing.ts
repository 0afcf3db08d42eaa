import { DrillError } from '../../errors.ts';
import type { Database, Query } from '../../ports/sql.ts';
import { patiently, until } from '../poll.ts';
import type { StepContext } from '../step.ts';
import { proveWrite } from './heartbeat.ts';

/** Region, instance and database inside it, as a drill file's step has them. */
export interface Target {
  region: string;
  instance: string;
  database: string;
}

export const databaseAt = ({ region, instance, database }: Target): Database => ({ region, instance, name: database });

const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** From then on whoever comes anew may only read; sessions that are open go on as they were. */
export const readOnlyFromNowOn = (database: string): Query => ({
  name: 'writes.stop',
  text: stopText(database),
});

/** Takes that back. It has come along with the data, wherever they were replicated to. */
export const writableFromNowOn = (database: string): Query => ({
  name: 'writes.allow',
  text: allowText(database),
  thoughReadOnly: true,
});

export const stopText = (database: string): string =>
  `alter database ${quoted(database)} set default_transaction_read_only = on`;
export const allowText = (database: string): string =>
  `alter database ${quoted(database)} reset default_transaction_read_only`;

/** One row: `{ setting: 'on' | 'off' }`, as whoever comes anew finds it. */
const readOnlySetting: Query = {
  name: 'writes.setting',
  text: "select current_setting('default_transaction_read_only') as setting",
};

/** One row: `{ open: number, seen: boolean }`, transactions that have written and have not ended; of others' only a role that may see them is told. */
export const openWrites: Query = {
  name: 'writes.open',
  text: `select count(*) as open, pg_has_role('pg_read_all_stats', 'usage') as seen
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null`,
};

/** Ends every other session, so that each comes anew; those of AWS itself are nobody's to end. */
export const endSessions: Query = {
  name: 'sessions.end',
  text: `select pg_terminate_backend(pid) from pg_stat_activity join pg_roles on pg_roles.oid = usesysid
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
      and (not rolsuper or (select rolsuper from pg_roles where rolname = current_user))`,
};

const LIMIT_MS = 5_000;

export const ask = (target: Target, query: Query, { sql, signal }: Pick<StepContext, 'sql' | 'signal'>) =>
  sql.query(databaseAt(target), query, { timeoutMs: LIMIT_MS, signal });

/** Whether whoever comes anew may only read. Fails where nobody can log in: what cannot be asked cannot be stopped either. */
export async function isReadOnly(target: Target, context: StepContext): Promise<boolean> {
  if (context.sql.withoutLogin) {
    throw new DrillError('no-login', `Nobody can log in to ${target.instance}: its writes cannot be stopped.`, {
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

/** Lets whoever comes anew write again, ends the sessions that could not, and waits for the first write. */
export async function allowWrites(target: Target, context: StepContext): Promise<void> {
  await patiently(context, async () => {
    if (await isReadOnly(target, context)) await ask(target, writableFromNowOn(target.database), context);
    await ask(target, endSessions, context);
  });
  await until(context, async () => ((await takesOrRefuses(target, context)) ? true : undefined));
}
