import { DrillError } from '../../../errors.ts';
import { type Query, ROWS_AT_MOST } from '../../../ports/sql.ts';
import { mysql as dialect } from '../dialects/mysql.ts';
import { type Carrying, type Column, nameThere, putBackOf } from './form.ts';

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const text = (words: string): string => `'${words.replaceAll("'", "''")}'`;

/** A table that may be named with its database. */
const quotedTable = (table: string): string => table.split('.').map(quoted).join('.');

const placeOf = (schema: string | null, table: string): string =>
  schema === null ? quotedTable(table) : `${quoted(schema)}.${quoted(nameThere(table))}`;

/** A database has no comment in MySQL: its mark is that of this table, which comes right after it. */
const MARKED = 'made by dr-drill';

/** So much of a table is read at a time, and no more rows than an answer may have. */
const PAGE_BYTES = 1_048_576;

/**
 * MySQL and MariaDB. A schema is a database there. Pages are read in the order of the primary key, and the carried table has the same key:
 * a page that is written a second time changes nothing.
 */
export const mysql: Carrying = {
  lookAtSchema: (schema) => ({
    name: 'carry.look',
    text: `select s.schema_name is not null as there, t.table_comment as mark, s.schema_name is not null and not exists (select 1 from information_schema.tables where table_schema = $1) and not exists (select 1 from information_schema.routines where routine_schema = $1) as bare, ${mayCreate} as may_create from (select 1) one left join information_schema.schemata s on s.schema_name = $1 left join information_schema.tables t on t.table_schema = $1 and t.table_name = '${MARKED}'`,
    values: [schema],
    about: { schema },
  }),

  makeSchema: (schema, mark) => [
    { name: 'carry.make-schema', text: `create schema ${quoted(schema)}`, about: { schema } },
    {
      name: 'carry.mark-schema',
      text: `create table ${quoted(schema)}.${quoted(MARKED)} (nothing int) comment ${text(mark)}`,
      about: { schema, mark },
    },
  ],

  dropSchema: (schema) => ({
    name: 'carry.drop-schema',
    text: `drop schema if exists ${quoted(schema)}`,
    about: { schema },
  }),

  grant: (_, schema) => `grant create, drop, select, insert, update on ${quoted(schema)}.* to <the login>`,

  columnsOf: (schema, table) => {
    const [name = table, of = schema ?? ''] = (schema === null ? table : nameThere(table)).split('.').toReversed();
    return {
      name: 'carry.columns',
      text: `select c.column_name as name, concat(c.column_type, coalesce(concat(' character set ', c.character_set_name, ' collate ', c.collation_name), ''), if(s.seq_in_index is null, ' null', ' not null')) as type, coalesce(c.generation_expression, '') <> '' as computed, c.data_type as kind, c.character_set_name is not null as has_charset, s.seq_in_index as key_place, s.sub_part as key_part, t.avg_row_length as row_bytes from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name left join information_schema.statistics s on s.table_schema = c.table_schema and s.table_name = c.table_name and s.column_name = c.column_name and s.index_name = 'PRIMARY' where c.table_schema = coalesce(nullif($1, ''), database()) and c.table_name = $2 order by c.ordinal_position`,
      values: [of, name],
      about: { schema: schema ?? '', table },
    };
  },

  makeTable: (schema, table, columns) => ({
    name: 'carry.make-table',
    text: `create table if not exists ${placeOf(schema, table)} (${columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ')}, primary key (${keyOf(columns, table).map(keyPart).join(', ')}))`,
    about: { schema, table },
  }),

  async *pages(ask, table, columns, forAtMostMs) {
    const key = keyOf(columns, table);
    const rowBytes = Number(columns[0]?.row.row_bytes ?? 0);
    const limit = Math.max(1, Math.min(ROWS_AT_MOST, Math.floor(PAGE_BYTES / Math.max(1, rowBytes))));
    const row = `json_array(${columns.map(bytesOf('')).join(', ')})`;
    const places = key.map((column, index) => `${comparable(column)} as key_${index}`);
    const order = key.map(({ name }) => quoted(name)).join(', ');
    let after: string[] = [];
    for (;;) {
      const rows = await ask({
        name: 'carry.next',
        text: `select ${row} as contents, ${places.join(', ')} from ${quotedTable(table)}${after.length > 0 ? ` where ${isAfter(key)}` : ''} order by ${order} limit ${limit}`,
        values: after,
        readOnly: { forAtMostMs },
        about: { schema: '', table },
      });
      const name = JSON.stringify(after);
      if (rows.length > 0)
        yield { name, rows: `[${rows.map(({ contents }) => String(contents)).join(',')}]`, count: rows.length };
      const last = rows.at(-1);
      if (!last || rows.length < limit) return;
      after = key.map((_, index) => String(last[`key_${index}`]));
    }
  },

  writeRows(schema, table, { rows }, columns) {
    const place = placeOf(schema, table);
    const given = columns.map((_, index) => `c${index} longtext path '$[${index}]'`);
    return {
      name: 'carry.write',
      text: `${inserting} into ${place} (${namesOf(columns)}) select ${columns.map(fromBytes).join(', ')} from json_table($1, '$[*]' columns (${given.join(', ')})) given ${keeping(place, columns, table)}`,
      values: [rows],
      about: { schema, table },
    };
  },

  contentsIn: (schema, table, columns, forAtMostMs) => ({
    name: 'carry.contents',
    text: `select count(*) as \`rows\`, concat(coalesce(sum(${dialect.hash(`concat_ws(',', ${columns.map(bytesOf('')).join(', ')})`)}), 0), '') as checksum from ${placeOf(schema, table)}`,
    readOnly: { forAtMostMs },
    about: { schema: schema ?? '', table },
  }),

  putBack(schema, table, columns) {
    const [from, kept, living] = [placeOf(schema, table), placeOf(schema, putBackOf(table)), quotedTable(table)];
    const names = namesOf(columns);
    const about = { schema, table };
    return [
      makePutBack(schema, table),
      // What is to be put back is noted first: of what was not inserted, nothing can be taken out.
      {
        name: 'put-back.note',
        text: `${inserting} into ${kept} (${names}) select ${names} from ${from} one where not exists (select 1 from ${living} other where ${same('one', 'other', columns, table)}) ${keeping(kept, columns, table)}`,
        about,
      },
      {
        name: 'put-back.insert',
        text: `${inserting} into ${living} (${names}) select ${names} from ${kept} ${keeping(living, columns, table)}`,
        about,
      },
      {
        name: 'put-back.count',
        text: `select count(*) as \`rows\` from ${kept} one join ${living} other on ${same('one', 'other', columns, table)}`,
        about,
      },
    ];
  },

  takeOut(schema, table, columns) {
    const unchanged = columns.map((column) => `${bytesOf('one.')(column)} = ${bytesOf('other.')(column)}`);
    return [
      makePutBack(schema, table),
      {
        name: 'put-back.delete',
        text: `delete other from ${quotedTable(table)} other join ${placeOf(schema, putBackOf(table))} one on ${same('one', 'other', columns, table)} and ${unchanged.join(' and ')}`,
        about: { schema, table },
      },
    ];
  },
};

const makePutBack = (schema: string, table: string): Query => ({
  name: 'put-back.make-table',
  text: `create table if not exists ${placeOf(schema, putBackOf(table))} like ${placeOf(schema, table)}`,
  about: { schema, table },
});

/** By a privilege of the login's own; what its roles may is not known before it is tried. */
const mayCreate = (() => {
  const own = `grantee = concat('''', replace(current_user(), '@', '''@'''), '''') and privilege_type = 'CREATE'`;
  return `(exists (select 1 from information_schema.user_privileges where ${own}) or exists (select 1 from information_schema.schema_privileges where ${own} and $1 like table_schema) /*!80019 or exists (select 1 from information_schema.enabled_roles) */ /*M! or exists (select 1 from information_schema.enabled_roles where role_name is not null) */)`;
})();

const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => quoted(name)).join(', ');

/** The primary key in its order. */
function keyOf(columns: readonly Column[], table: string): Column[] {
  const key = columns
    .filter(({ row }) => row.key_place != null)
    .toSorted((one, other) => Number(one.row.key_place) - Number(other.row.key_place));
  if (key.length > 0) return key;
  throw new DrillError('no-key', `${table} has no primary key: MySQL and MariaDB cannot carry it over.`, {
    hint: 'Give the table a primary key, or leave it out.',
  });
}

const keyPart = ({ name, row }: Column): string => `${quoted(name)}${row.key_part == null ? '' : `(${row.key_part})`}`;

const same = (one: string, other: string, columns: readonly Column[], table: string): string =>
  keyOf(columns, table)
    .map(({ name }) => `${one}.${quoted(name)} = ${other}.${quoted(name)}`)
    .join(' and ');

/** An insert that takes every value that a table can hold, and no other. */
const MODE = "sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'";
const inserting = `/*M! set statement ${MODE} for */ insert /*+ set_var(${MODE}) */`;

/** A row whose key is there stays as it is; any other trouble is reported, which `insert ignore` would not do. */
function keeping(place: string, columns: readonly Column[], table: string): string {
  const [first] = keyOf(columns, table);
  const name = quoted(first?.name ?? '');
  return `on duplicate key update ${name} = ${place}.${name}`;
}

const kindOf = ({ row }: Column): string => String(row.kind);
const BYTES = /binary|blob|geom|point|linestring|polygon|vector/;
const FLOATS = ['float', 'double'];
const PLACES = ['bit', 'enum', 'set'];
const NUMBERS = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'year', ...PLACES];

/** A value's bytes as hexadecimal digits, whatever its type, or a dash: a float has more digits as a double. */
const bytesOf =
  (of: string) =>
  (column: Column): string => {
    const name = `${of}${quoted(column.name)}`;
    if (column.row.has_charset || BYTES.test(kindOf(column))) return `coalesce(hex(${name}), '-')`;
    const value = kindOf(column) === 'bit' ? `${name} + 0` : FLOATS.includes(kindOf(column)) ? `${name} + 0e0` : name;
    return `coalesce(hex(cast(${value} as char)), '-')`;
  };

/** What `bytesOf` gave, as the column takes it. */
function fromBytes(column: Column, index: number): string {
  const bytes = `unhex(nullif(given.c${index}, '-'))`;
  if (column.row.has_charset || BYTES.test(kindOf(column))) return bytes;
  const words = `convert(${bytes} using utf8mb4)`;
  return kindOf(column) === 'bit' ? `cast(${words} as unsigned)` : words;
}

/** A part of a key as text that `boundary` understands. */
function comparable(column: Column): string {
  const name = quoted(column.name);
  const kind = kindOf(column);
  if (BYTES.test(kind)) return `hex(${name})`;
  if (PLACES.includes(kind)) return `cast(${name} + 0 as char)`;
  return FLOATS.includes(kind) ? `cast(${name} + 0e0 as char)` : `cast(${name} as char)`;
}

/** Such a text as a value that sorts as the column does. */
function boundary(column: Column, value: string): string {
  const kind = kindOf(column);
  if (BYTES.test(kind)) return `unhex(${value})`;
  if (FLOATS.includes(kind)) return `(${value} + 0e0)`;
  return NUMBERS.includes(kind) ? `cast(${value} as decimal(65, 30))` : value;
}

/** The rows behind the one whose key is `$1`, `$2` and so on; the first part stands alone as well, so that its index is used. */
function isAfter(key: readonly Column[]): string {
  const at = key.map((column, index) => ({ name: quoted(column.name), value: boundary(column, `$${index + 1}`) }));
  const behind = at.map(({ name, value }, index) =>
    [...at.slice(0, index).map((one) => `${one.name} = ${one.value}`), `${name} > ${value}`].join(' and '),
  );
  const [first] = at;
  return `${first?.name} >= ${first?.value} and (${behind.join(' or ')})`;
}
