import type { Dialect, Key } from './dialect.ts';

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

export const mysql: Dialect = {
  title: 'MySQL',
  createHeartbeats:
    'create table if not exists dr_drill_heartbeat (sequence bigint primary key, written_at timestamp(6) not null)',
  grantHeartbeats: (role) => `grant select, insert, update on dr_drill_heartbeat to '${role}'@'%';`,
  writeHeartbeat: 'insert into dr_drill_heartbeat (sequence, written_at) values ($1, from_unixtime($2 / 1000))',
  readHeartbeats: 'select sequence from dr_drill_heartbeat where sequence >= $1 order by sequence',
  proveWrite: 'insert into dr_drill_heartbeat values (-1, now(6)) on duplicate key update written_at = now(6)',
  // RDS keeps a replica read-only until it is promoted.
  isStandby: 'select @@global.read_only as standby',
  // Without GTIDs a position in one server's log means nothing to another.
  logPosition: "select if(@@global.gtid_mode = 'ON', replace(@@global.gtid_executed, '\\n', ''), null) as position",
  logBehind: 'select if(@@global.read_only, 1 - gtid_subset($1, @@global.gtid_executed), null) as behind',
  newPassword: "alter user '<login>'@'%' identified by '<current>'",
  // It holds for this server alone, for open sessions too, and waits for transactions that have written: nobody is to be ended.
  stop: {
    stop: (database) => `alter database ${quoted(database)} read only = 1`,
    allow: (database) => `alter database ${quoted(database)} read only = 0`,
    setting:
      "select if(options like '%READ ONLY=1%', 'on', 'off') as setting from information_schema.schemata_extensions where schema_name = database()",
    // The table itself wants the privilege PROCESS.
    open: 'select count(*) as open, true as seen from information_schema.innodb_trx where trx_rows_modified > 0 and trx_mysql_thread_id <> connection_id()',
    end: 'select 1',
    grant: (role) => `grant process on *.* to '${role}'@'%';`,
  },
  moment: (value) => `from_unixtime(${value} / 1000)`,
  millis: (moment) => `floor(unix_timestamp(${moment}) * 1000) + 1`,
  keyColumns(table) {
    const [name, schema] = table.split('.').toReversed();
    const place = schema === undefined ? 'database()' : `'${schema}'`;
    return `select column_name as column_name, data_type regexp 'binary|blob' as is_bytes from information_schema.columns where table_schema = ${place} and table_name = '${name}' and column_key = 'PRI'`;
  },
  rows: (table, keys, columns) =>
    `select concat_ws(',', ${keys.map(keyText).join(', ')}) as row_key, md5(${rowText(columns)}) as row_text from ${table}`,
  hash: (text) => `cast(conv(left(md5(${text}), 15), 16, 10) as unsigned)`,
  // MariaDB cuts such a list off at a megabyte, unless it is told how much may come.
  pairs: (one, other, from) =>
    `/*M! set statement group_concat_max_len = 1073741824 for */ select coalesce(json_arrayagg(json_array(${one}, ${other})), '[]') as found from ${from}`,
  // 15 hexadecimal digits fit into 64 bits.
  checksum: (table, columns, condition) =>
    `select '${table}' as table_name, concat(coalesce(sum(cast(conv(left(md5(${rowText(columns)}), 15), 16, 10) as unsigned)), 0), ' over ', count(*), ' rows') as checksum from ${table} where ${condition}`,
};

/** In one character set: text of two is not put together. */
const keyText = ({ name, isBytes }: Key): string =>
  isBytes ? `hex(${quoted(name)})` : `convert(${quoted(name)} using utf8mb4)`;

/** A row has no text of its own; a dash represents NULL. */
const rowText = (columns: readonly string[]): string =>
  `concat_ws(',', ${columns.map((one) => `coalesce(hex(cast(${quoted(one)} as binary)), '-')`).join(', ')})`;
