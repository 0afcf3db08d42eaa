import type { Dialect } from './dialect.ts';

const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

export const postgres: Dialect = {
  title: 'PostgreSQL',
  createHeartbeats:
    'create table if not exists dr_drill_heartbeat (sequence bigint primary key, written_at timestamptz not null)',
  grantHeartbeats: (role) => `grant select, insert, update on dr_drill_heartbeat to "${role}";`,
  writeHeartbeat: 'insert into dr_drill_heartbeat (sequence, written_at) values ($1, to_timestamp($2 / 1000.0))',
  readHeartbeats: 'select sequence from dr_drill_heartbeat where sequence >= $1 order by sequence',
  proveWrite:
    'insert into dr_drill_heartbeat values (-1, now()) on conflict (sequence) do update set written_at = excluded.written_at',
  isStandby: 'select pg_is_in_recovery() as standby',
  logPosition: 'select pg_current_wal_lsn()::text as position',
  logBehind: 'select pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())::bigint as behind',
  newPassword: "alter role <login> password '<current>'",
  stop: {
    stop: (database) => `alter database ${quoted(database)} set default_transaction_read_only = on`,
    allow: (database) => `alter database ${quoted(database)} reset default_transaction_read_only`,
    setting: "select current_setting('default_transaction_read_only') as setting",
    // Of others' transactions only a role that may see them is told.
    open: `select count(*) as open, pg_has_role('pg_read_all_stats', 'usage') as seen
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null`,
    // Sessions of AWS itself are nobody's to end.
    end: `select pg_terminate_backend(pid) from pg_stat_activity join pg_roles on pg_roles.oid = usesysid
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
      and (not rolsuper or (select rolsuper from pg_roles where rolname = current_user))`,
    grant: (role) => `grant pg_read_all_stats, pg_signal_backend to ${role};`,
  },
  moment: (value) => `to_timestamp(${value} / 1000.0)`,
  millis: (moment) => `floor(extract(epoch from ${moment}) * 1000) + 1`,
  keyColumns: (table) =>
    `select attname as column_name, false as is_bytes from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey) where indrelid = '${table}'::regclass and indisprimary`,
  rows: (table, keys) =>
    `select concat_ws(',', ${keys.map(({ name }) => `one.${quoted(name)}`).join(', ')}) as row_key, md5(one::text) as row_text from ${table} one`,
  hash: (text) => `('x' || lpad(left(md5(${text}), 15), 16, '0'))::bit(64)::bigint`,
  pairs: (one, other, from) =>
    `select coalesce(json_agg(json_build_array(${one}, ${other})), '[]')::text as found from ${from}`,
  checksum: (table, _columns, condition) =>
    `select '${table}' as table_name, coalesce(sum(('x' || left(md5(each::text), 16))::bit(64)::bigint), 0)::text || ' over ' || count(*) || ' rows' as checksum from ${table} each where ${condition}`,
};
