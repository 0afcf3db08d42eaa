import { broken, columnsOf, padded } from './layout.ts';

interface Columns {
  indent?: number;
  width?: number | undefined;
  /** The most that a column takes, for those that have a limit. */
  most?: readonly (number | undefined)[];
  paint?: (text: string, row: number, column: number) => string;
}

/** Rows whose cells stand below each other. Where the terminal is too narrow, cells are broken between words. */
export function columnsFor(
  rows: readonly (readonly string[])[],
  { indent = 2, width = Number.POSITIVE_INFINITY, most = [], paint = String }: Columns = {},
): string[] {
  const widths = widthsFor(rows, width - indent, most);
  return rows.flatMap((cells, row) => {
    const lines: string[] = [];
    let top = 0;
    let left = indent;
    for (const [column, text] of cells.entries()) {
      const cell = broken(text, widths[column] ?? 0);
      // A word that is too long for the rest of the line begins further left.
      const begins = cell.map((line) =>
        left + columnsOf(line) <= width ? left : Math.max(indent + 2, Math.min(left, width - columnsOf(line))),
      );
      // A word that is wider than its column pushes what follows onto the next line.
      while (begins.some((begin, index) => columnsOf(lines[top + index] ?? '') >= Math.max(begin, 1))) top += 1;
      for (const [index, line] of cell.entries())
        lines[top + index] = padded(lines[top + index] ?? '', begins[index] ?? left) + paint(line, row, column);
      left += (widths[column] ?? 0) + GAP;
    }
    return lines.map((line) => line.trimEnd());
  });
}

const GAP = 2;

/** As wide as the cells are; where that is too wide, the widest column is narrowed, down to its longest word. */
function widthsFor(
  rows: readonly (readonly string[])[],
  width: number,
  most: readonly (number | undefined)[],
): number[] {
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const cellsOf = (column: number) => rows.map((cells) => cells[column] ?? '');
  const widest = (texts: string[]) => Math.max(0, ...texts.map(columnsOf));
  // A word that is longer than its share of the width, such as an ARN, does not keep a column wide.
  const share = Math.floor((width - GAP * (count - 1)) / count);
  const columns = Array.from({ length: count }, (_, column) => ({
    width: Math.min(most[column] ?? Number.POSITIVE_INFINITY, widest(cellsOf(column))),
    least: Math.min(share, widest(cellsOf(column).flatMap((cell) => cell.split(' ')))),
  }));
  const total = () => columns.reduce((sum, one) => sum + one.width, GAP * (count - 1));
  while (total() > width) {
    const [broadest] = columns.filter((one) => one.width > one.least).toSorted((a, b) => b.width - a.width);
    if (broadest === undefined) break;
    broadest.width -= 1;
  }
  return columns.map((one) => one.width);
}
