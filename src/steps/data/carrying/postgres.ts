import type { Carrying, Column } from './form.ts';
import { nameThere, putBackOf } from './form.ts';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A table that may be named with its schema, as `orders` or `shop.orders`. */
const quotedTable = (table: string): string => table.split('.').map(quoted).join('.');

const placeOf = (schema: string | null, table: string): string =>
  schema === null ? quotedTable(table) : `${quoted(schema)}.${quoted(nameThere(table))}`;

/** Which pages have been written: the same page is never written a second time, whatever became of the first answer. */
const pagesOf = (schema: string): string => `${quoted(schema)}."pages carried"`;

const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => quoted(name)).join(', ');

/** So many blocks at a time: about a megabyte of a table. */
const BLOCKS = 128;

export const postgres: Carrying = {
  lookAtSchema: (schema) => ({
    name: 'carry.look',
    text: "select n.oid is not null as there, obj_description(n.oid, 'pg_namespace') as mark, false as bare, has_database_privilege(current_database(), 'CREATE') as may_create from (values ($1::text)) wanted (name) left join pg_namespace n on n.nspname = wanted.name",
    values: [schema],
    about: { schema },
  }),

  // The schema and its mark come together, or not at all.
  makeSchema: (schema, mark) => [
    {
      name: 'carry.make-schema',
      text: `do $made$ begin create schema ${quoted(schema)}; create table ${pagesOf(schema)} (place text, page text, primary key (place, page)); comment on schema ${quoted(schema)} is '${mark.replaceAll("'", "''")}'; end $made$`,
      about: { schema, mark },
    },
  ],

  dropSchema: (schema) => ({
    name: 'carry.drop-schema',
    text: `drop schema if exists ${quoted(schema)} cascade`,
    about: { schema },
  }),

  grant: (database) => `grant create on database ${quoted(database)} to <the login>`,

  columnsOf: (schema, table) => ({
    name: 'carry.columns',
    text: "select attname as name, format_type(atttypid, atttypmod) as type, attgenerated <> '' as computed from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum",
    values: [placeOf(schema, table)],
    about: { schema: schema ?? '', table },
  }),

  makeTable: (schema, table, columns) => ({
    name: 'carry.make-table',
    text: `create table if not exists ${placeOf(schema, table)} (${columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ')})`,
    about: { schema, table },
  }),

  async *pages(ask, table, _columns, forAtMostMs) {
    const about = { schema: '', table };
    // A row a partition, or the table itself.
    const parts = await ask({
      name: 'carry.parts',
      text: "select part::regclass::text as part, (pg_relation_size(part::regclass) / current_setting('block_size')::bigint)::int as blocks from (select relid::oid as part from pg_partition_tree($1::regclass) where isleaf union select oid from pg_class where oid = $1::regclass and relkind <> 'p') parts order by 1",
      values: [quotedTable(table)],
      about,
    });
    for (const { part, blocks } of parts) {
      for (let from = 0; from < Number(blocks); from += BLOCKS) {
        const [page] = await ask({
          name: 'carry.read',
          text: `select coalesce(json_agg("dr-drill row"::text), '[]')::text as rows, count(*)::int as count from only ${part} "dr-drill row" where "dr-drill row".ctid >= $1::tid and "dr-drill row".ctid < $2::tid`,
          values: [`(${from},0)`, `(${from + BLOCKS},0)`],
          readOnly: { forAtMostMs },
          about,
        });
        const count = Number(page?.count ?? 0);
        if (count > 0) yield { name: `${part}/${from}`, rows: String(page?.rows), count };
      }
    }
  },

  writeRows(schema, table, { name, rows }) {
    const place = placeOf(schema, table);
    return {
      name: 'carry.write',
      text: `with page as (insert into ${pagesOf(schema)} values ($2, $3) on conflict do nothing returning 1) insert into ${place} select (one).* from (select value::${place} as one from json_array_elements_text($1::json) offset 0) given where exists (select from page)`,
      values: [rows, nameThere(table), name],
      about: { schema, table },
    };
  },

  contentsIn: (schema, table, _columns, forAtMostMs) => ({
    name: 'carry.contents',
    text: `select count(*) as rows, coalesce(sum(('x' || left(md5("dr-drill row"::text), 16))::bit(64)::bigint), 0)::text as checksum from ${placeOf(schema, table)} "dr-drill row"`,
    readOnly: { forAtMostMs },
    about: { schema: schema ?? '', table },
  }),

  putBack(schema, table, columns) {
    const [from, kept, names] = [placeOf(schema, table), placeOf(schema, putBackOf(table)), namesOf(columns)];
    return [
      makePutBack(schema, table),
      {
        name: 'put-back.insert',
        text: `with lacking as (insert into ${quotedTable(table)} (${names}) select ${names} from ${from} on conflict do nothing returning ${names}), kept as (insert into ${kept} (${names}) select ${names} from lacking returning 1) select (select count(*) from ${kept})::int + (select count(*) from kept)::int as rows`,
        about: { schema, table },
      },
    ];
  },

  takeOut(schema, table, columns) {
    const names = namesOf(columns);
    return [
      // A try that ended before it had put anything back left no such table.
      makePutBack(schema, table),
      {
        name: 'put-back.delete',
        text: `delete from ${quotedTable(table)} where row(${names})::text in (select row(${names})::text from ${placeOf(schema, putBackOf(table))})`,
        about: { schema, table },
      },
    ];
  },
};

const makePutBack = (schema: string, table: string) => ({
  name: 'put-back.make-table',
  text: `create table if not exists ${placeOf(schema, putBackOf(table))} (like ${placeOf(schema, table)})`,
  about: { schema, table },
});
