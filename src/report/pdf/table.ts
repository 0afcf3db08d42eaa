import { colour, inner, type Look, page, type Sheet } from './sheet.ts';

export interface Column<Row> {
  title: string;
  /** Its part of the width, against the others. */
  share: number;
  /** Its cells stay on one line. */
  isOneLine?: true;
  cell: (row: Row) => string | (Look & { text: string });
}

const GAP = 10;
const PAD = 3;
const look: Look = { size: 8 };
const headLook: Look = { size: 7.5, weight: 'bold', colour: colour.quiet };

/** A table that continues over pages, its head on each of them. */
export function table<Row>(sheet: Sheet, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const shares = columns.reduce((sum, { share }) => sum + share, 0);
  const free = inner - GAP * (columns.length - 1);
  let x: number = page.left;
  const places = columns.map(({ share }) => {
    const place = { x, width: (free * share) / shares };
    x += place.width + GAP;
    return place;
  });
  const height = sheet.lineHeight(look);
  const heads = columns.map(({ title }, index) => sheet.lines(title, places[index]?.width ?? 0, headLook));
  const headHeight = Math.max(...heads.map(({ length }) => length)) * sheet.lineHeight(headLook) + 2 * PAD;
  const element = sheet.element('Table');

  const rule = (stroke: string) =>
    sheet.artifact(() =>
      sheet.doc
        .moveTo(page.left, sheet.y)
        .lineTo(page.left + inner, sheet.y)
        .lineWidth(0.5)
        .stroke(stroke),
    );
  const drawHead = (index: number) => sheet.draw(heads[index] ?? [], places[index]?.x ?? 0, sheet.y + PAD, headLook);
  const closeHead = () => {
    sheet.skip(headHeight);
    rule(colour.strongLine);
  };

  sheet.need(headHeight + 3 * height);
  const head = sheet.element('TR', { parent: element });
  heads.forEach((_, index) => {
    const cell = sheet.element('TH', { parent: head, attributes: { O: 'Table', Scope: 'Column' } });
    sheet.tagged(cell, 'TH', () => drawHead(index));
    cell.end();
  });
  head.end();
  closeHead();

  for (const row of rows) {
    const cells = columns.map(({ cell, isOneLine }, index) => {
      const said = cell(row);
      const { text, ...own } = typeof said === 'string' ? { text: said } : said;
      const width = places[index]?.width ?? 0;
      const looks = { ...look, ...own };
      return { look: looks, lines: isOneLine ? [sheet.line(text, width, looks)] : sheet.lines(text, width, looks) };
    });
    const all = Math.max(1, ...cells.map(({ lines }) => lines.length));
    const tr = sheet.element('TR', { parent: element });
    const tds = cells.map(() => sheet.element('TD', { parent: tr }));
    for (let from = 0; from < all; ) {
      // A row stays whole, unless it is longer than a page.
      const wanted = Math.min(all - from, Math.floor((page.height - page.top - page.bottom - headHeight) / height) - 1);
      if (sheet.need(wanted * height + 2 * PAD)) {
        sheet.artifact(() => {
          for (const index of heads.keys()) drawHead(index);
        });
        closeHead();
      }
      cells.forEach(({ lines, look: own }, index) => {
        const part = lines.slice(from, from + wanted);
        const td = tds[index];
        if (part.length > 0 && td)
          sheet.tagged(td, 'TD', () => sheet.draw(part, places[index]?.x ?? 0, sheet.y + PAD, own));
      });
      sheet.skip(wanted * height + 2 * PAD);
      from += wanted;
    }
    for (const td of tds) td.end();
    tr.end();
    rule(colour.line);
  }
  element.end();
  sheet.skip(4);
}
