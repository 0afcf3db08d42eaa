import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** Kept on one line, for times and counts. */
  isNumber?: boolean;
}

/** The roles that table elements have by themselves, until they are drawn as anything but a table. */
const as = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  rowheader: { role: 'rowheader' },
  cell: { role: 'cell' },
} as const;

/**
 * A table with a caption; its first column heads the rows. On a phone it is drawn as cards, which would take its meaning from
 * screen readers were the roles not written out.
 */
export function Table<Row>(props: {
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  /** A second line under a row, across all columns. */
  detail?: (row: Row) => ComponentChildren;
}) {
  const { caption, columns, rows, detail } = props;
  return (
    <table {...as.table}>
      <caption>{caption}</caption>
      <thead {...as.rowgroup}>
        <tr {...as.row}>
          {columns.map(({ title }) => (
            <th key={title} scope="col" {...as.columnheader}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...as.rowgroup}>
        {rows.map((row) => (
          <>
            <tr {...as.row}>
              {columns.map((column, index) => (
                <Cell key={column.title} column={column} row={row} isHead={index === 0} />
              ))}
            </tr>
            {detail && (
              <tr {...as.row} class="detail">
                <td {...as.cell} colSpan={columns.length}>
                  {detail(row)}
                </td>
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
    return (
      <th scope="row" {...as.rowheader}>
        {cell(row)}
      </th>
    );
  }
  return (
    <td {...as.cell} data-label={title} {...(isNumber ? { class: 'number' } : {})}>
      {cell(row)}
    </td>
  );
}

/** A word that says how something went, in the colour of it; the word alone is enough. */
export const Went = ({ ok, children }: { ok: boolean; children: ComponentChildren }) => (
  <span class={ok ? 'good' : 'bad'}>{children}</span>
);
