import type { Query } from '../../ports/sql.ts';
import type { Mark } from '../mark.ts';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A table that may be named with its schema, as `orders` or `shop.orders`. */
export const quotedTable = (table: string): string => table.split('.').map(quoted).join('.');

/** What a table is called where it has been carried to: there it stands without its own schema. */
export const nameThere = (table: string): string => table.split('.').at(-1) ?? table;

const placeOf = (schema: string, table: string): string => `${quoted(schema)}.${quoted(nameThere(table))}`;

/** By this comment a run knows a schema that it made; its drill drops no other. */
export const commentFor = ({ drill, run }: Mark): string => ['dr-drill', drill, run].filter(Boolean).join(' ');

export function markInComment(comment: unknown): Mark | undefined {
  const [, drill, run] = /^dr-drill (\S+)(?: (\S+))?$/.exec(String(comment)) ?? [];
  return drill === undefined ? undefined : { drill, run };
}

/** One row: `{ there, mark, may_create }`. */
export const lookAtSchema = (schema: string): Query => ({
  name: 'carry.look',
  text: "select n.oid is not null as there, obj_description(n.oid, 'pg_namespace') as mark, has_database_privilege(current_database(), 'CREATE') as may_create from (values ($1::text)) wanted (name) left join pg_namespace n on n.nspname = wanted.name",
  values: [schema],
  about: { schema },
});

/** The schema and its mark come together, or not at all. */
export const makeSchema = (schema: string, mark: string): Query => ({
  name: 'carry.make-schema',
  text: `do $made$ begin create schema ${quoted(schema)}; create table ${pagesOf(schema)} (place text, page text, primary key (place, page)); comment on schema ${quoted(schema)} is '${mark.replaceAll("'", "''")}'; end $made$`,
  values: [],
  about: { schema },
});

export const dropSchema = (schema: string): Query => ({
  name: 'carry.drop-schema',
  text: `drop schema if exists ${quoted(schema)} cascade`,
  about: { schema },
});

/** One row: `{ columns }`, as they stand in a `create table`. */
export const columnsOf = (table: string): Query => ({
  name: 'carry.columns',
  text: "select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum) as columns from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped",
  values: [quotedTable(table)],
  about: { schema: '', table },
});

export const makeTable = (schema: string, table: string, columns: string): Query => ({
  name: 'carry.make-table',
  text: `create table if not exists ${placeOf(schema, table)} (${columns})`,
  about: { schema, table },
});

/** One row a partition, or the table itself: `{ part, blocks }`. */
export const partsOf = (table: string): Query => ({
  name: 'carry.parts',
  text: "select part::regclass::text as part, (pg_relation_size(part::regclass) / current_setting('block_size')::bigint)::int as blocks from (select relid::oid as part from pg_partition_tree($1::regclass) where isleaf union select oid from pg_class where oid = $1::regclass and relkind <> 'p') parts order by 1",
  values: [quotedTable(table)],
  about: { schema: '', table },
});

/** Rows of some blocks in PostgreSQL's own words: one row, `{ rows, count }`, the first as a JSON list. */
export const readBlocks = (table: string, part: string, from: number, to: number, forAtMostMs: number): Query => ({
  name: 'carry.read',
  text: `select coalesce(json_agg("dr-drill row"::text), '[]')::text as rows, count(*)::int as count from only ${part} "dr-drill row" where "dr-drill row".ctid >= $1::tid and "dr-drill row".ctid < $2::tid`,
  values: [`(${from},0)`, `(${to},0)`],
  readOnly: { forAtMostMs },
  about: { schema: '', table },
});

/** Which pages have been written: the same page is never written a second time, whatever became of the first answer. */
const pagesOf = (schema: string): string => `${quoted(schema)}."pages carried"`;

/** Writes what `readBlocks` gave, once; a page that is there already changes nothing. */
export const writeRows = (schema: string, table: string, page: string, rows: string): Query => {
  const place = placeOf(schema, table);
  return {
    name: 'carry.write',
    text: `with page as (insert into ${pagesOf(schema)} values ($2, $3) on conflict do nothing returning 1) insert into ${place} select (one).* from (select value::${place} as one from json_array_elements_text($1::json) offset 0) given where exists (select from page)`,
    values: [rows, nameThere(table), page],
    about: { schema, table },
  };
};

/** One row: `{ rows, checksum }`, the same wherever the same rows are; of the table itself where no schema is given. */
export const contentsIn = (schema: string | null, table: string, forAtMostMs: number): Query => ({
  name: 'carry.contents',
  text: `select count(*) as rows, coalesce(sum(('x' || left(md5("dr-drill row"::text), 16))::bit(64)::bigint), 0)::text as checksum from ${schema === null ? quotedTable(table) : placeOf(schema, table)} "dr-drill row"`,
  readOnly: { forAtMostMs },
  about: { schema: schema ?? '', table },
});

const putBackOf = (table: string): string => `${nameThere(table)} put back`;

/** Keeps which rows were put back, so that just those can be taken out again. */
export const makePutBack = (schema: string, table: string): Query => ({
  name: 'put-back.make-table',
  text: `create table if not exists ${placeOf(schema, putBackOf(table))} (like ${placeOf(schema, table)})`,
  about: { schema, table },
});

/** One row: `{ columns }`, quoted, as `putBack` and `takeOut` want them. */
export const namesOf = (schema: string, table: string): Query => ({
  name: 'put-back.columns',
  text: "select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped",
  values: [placeOf(schema, table)],
  about: { schema, table },
});

/** Inserts what the living table lacks; a row whose key is there stays as it is. One row: `{ rows }`, of this try and those before. */
export const putBack = (schema: string, table: string, columns: string): Query => ({
  name: 'put-back.insert',
  text: `with lacking as (insert into ${quotedTable(table)} (${columns}) select ${columns} from ${placeOf(schema, table)} on conflict do nothing returning ${columns}), kept as (insert into ${placeOf(schema, putBackOf(table))} (${columns}) select ${columns} from lacking returning 1) select (select count(*) from ${placeOf(schema, putBackOf(table))})::int + (select count(*) from kept)::int as rows`,
  values: [],
  about: { schema, table },
});

/** Deletes the rows that were put back, and that nobody has changed since. */
export const takeOut = (schema: string, table: string, columns: string): Query => ({
  name: 'put-back.delete',
  text: `delete from ${quotedTable(table)} where row(${columns})::text in (select row(${columns})::text from ${placeOf(schema, putBackOf(table))})`,
  values: [],
  about: { schema, table },
});
