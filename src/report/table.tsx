import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** Kept on one line, for times and counts. */
  isNumber?: boolean;
}

/** A table with a caption; its first column heads the rows. On a phone it is drawn as cards, and stays a table to screen readers. */
export function Table<Row>(props: {
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  /** A second line under a row, across all columns. */
  detail?: (row: Row) => ComponentChildren;
}) {
  const { caption, columns, rows, detail } = props;
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <>
            <tr>
              {columns.map((column, index) => (
                <Cell key={column.title} column={column} row={row} isHead={index === 0} />
              ))}
            </tr>
            {detail && (
              <tr class="detail">
                <td colSpan={columns.length}>{detail(row)}</td>
              </tr>
            )}
          </>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>({ column, row, isHead }: { column: Column<Row>; row: Row; isHead: boolean }) {
  const { title, cell, isNumber } = column;
  if (isHead) {
    return <th scope="row">{cell(row)}</th>;
  }
  return (
    <td data-label={title} {...(isNumber ? { class: 'number' } : {})}>
      {cell(row)}
    </td>
  );
}

/** A word that says how something went, in the colour of it; the word alone is enough. */
export const Went = ({ ok, children }: { ok: boolean; children: ComponentChildren }) => (
  <span class={ok ? 'good' : 'bad'}>{children}</span>
);
