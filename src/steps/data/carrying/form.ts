import type { Query, Row } from '../../../ports/sql.ts';

/** Asks one database. */
export type Ask = (query: Query) => Promise<Row[]>;

/** A column as its table has it; `type` as it is in a `create table`. */
export interface Column {
  name: string;
  type: string;
  /** The database computes it. */
  isComputed: boolean;
  /** What the engine says of it beside that. */
  row: Row;
}

/** Some rows of a table, as one text that `writeRows` takes. */
export interface Page {
  name: string;
  rows: string;
  count: number;
}

/** How tables are carried over in an engine's own words. A table without a schema is the one in use. */
export interface Carrying {
  /** One row: `{ there, mark, bare, may_create }`; `bare` where it is empty, and may not have got its mark yet. */
  lookAtSchema(schema: string): Query;
  /** Makes it, and marks it as the drill's own. */
  makeSchema(schema: string, mark: string): Query[];
  dropSchema(schema: string): Query;
  /** What its owner grants the drill's role, once. */
  grant(database: string, schema: string): string;
  /** Fails where there is no such table. */
  columnsOf(schema: string | null, table: string): Query;
  makeTable(schema: string, table: string, columns: readonly Column[]): Query;
  /** All rows of a table, page by page; fails where the engine has no way to read it so. */
  pages(ask: Ask, table: string, columns: readonly Column[], forAtMostMs: number): AsyncIterable<Page>;
  /** Writes the rows of a page; what was written before stays as it is. */
  writeRows(schema: string, table: string, page: Page, columns: readonly Column[]): Query;
  /** One row: `{ rows, checksum }`, the same wherever the same rows are. */
  contentsIn(schema: string | null, table: string, columns: readonly Column[], forAtMostMs: number): Query;
  /** Inserts what the table in use lacks; a row whose key is there stays. The last one's row: `{ rows }`, of this try and those before. */
  putBack(schema: string, table: string, columns: readonly Column[]): Query[];
  /** Deletes the rows that were put back, and that nobody has changed since. */
  takeOut(schema: string, table: string, columns: readonly Column[]): Query[];
}

/** What a table is called where it has been carried to: there it stands without its own schema. */
export const nameThere = (table: string): string => table.split('.').at(-1) ?? table;

/** The table that keeps which rows of another one were put back, so that just those can be taken out again. */
export const putBackOf = (table: string): string => `${nameThere(table)} put back`;
