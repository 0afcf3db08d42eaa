import { certainty, value } from '../figure-words.ts';
import type { Report } from '../report-schema.ts';
import { layOut, namesServedAgain } from '../served-layout.ts';
import { servedRows } from '../served-words.ts';
import { colour, inner, type Look, page, type Sheet } from './sheet.ts';
import { table } from './table.ts';

const faint: Look = { size: 6.5, colour: colour.quiet };
const HEIGHT = 84;
const LABELS = 30;

/** How the customers of each public name were served again, one after another: a curve, and its figures as a table. */
export function servedAgain(sheet: Sheet, report: Report): void {
  const names = namesServedAgain(report);
  if (names.length === 0) return;
  sheet.section('Customers served', HEIGHT + LABELS + 90);
  for (const one of names) {
    if (names.length > 1) sheet.paragraph(one.name, { weight: 'bold' });
    curve(sheet, one, report.timeline.toMs);
    sheet.paragraph(
      `${one.served.customers} watched customers of ${one.name}, whose resolver caches are spread over the TTL: time from the failure until served again.`,
      faint,
    );
    table(
      sheet,
      [
        { title: 'Served again', share: 26, cell: ({ title }) => title },
        { title: 'After', share: 22, cell: ({ figure }) => value(figure) },
        { title: 'Certainty', share: 52, cell: ({ figure }) => certainty(figure) },
      ],
      servedRows(one.served),
    );
    sheet.skip(6);
  }
}

function curve(sheet: Sheet, one: ReturnType<typeof namesServedAgain>[number], toMs: number): void {
  sheet.need(HEIGHT + LABELS + 16);
  const { doc } = sheet;
  const area = {
    left: page.left + 24,
    right: page.left + inner,
    top: sheet.y + LABELS,
    bottom: sheet.y + LABELS + HEIGHT,
  };
  const { left, right, top, bottom } = area;
  const widthOf = (text: string) => sheet.widthOf(text, faint);
  const { line, ticks, levels, markers, target } = layOut(
    one.served,
    { toMs, targetMs: one.targetMs },
    { ...area, widthOf },
  );
  const BBox = [page.left, page.height - bottom - 12, right, page.height - sheet.y];
  const figure = sheet.element('Figure', { alt: one.words, attributes: { O: 'Layout', Placement: 'Block', BBox } });
  sheet.tagged(figure, 'Figure', () => {
    for (const { y, customers } of levels) {
      doc.moveTo(left, y).lineTo(right, y).lineWidth(0.4).stroke(colour.line);
      sheet.draw([`${customers}`], left - 6, y - 5, { ...faint, align: 'right' });
    }
    for (const { x, words } of ticks) sheet.draw([words], x, bottom + 1, { ...faint, align: 'center' });
    doc.moveTo(left, bottom);
    for (const { x, y } of line) doc.lineTo(x, y);
    doc
      .lineTo(line.at(-1)?.x ?? right, bottom)
      .fillOpacity(0.35)
      .fill(colour.tones[3])
      .fillOpacity(1);
    const [first, ...rest] = line;
    if (first) doc.moveTo(first.x, first.y);
    for (const { x, y } of rest) doc.lineTo(x, y);
    doc.lineWidth(1.2).stroke(colour.tones[0]);
    if (target) {
      doc.moveTo(target.x, top).lineTo(target.x, bottom).lineWidth(0.8).dash(4, { space: 2 }).stroke(colour.warn);
      doc.undash();
      const isRight = target.anchor === 'start';
      sheet.draw([target.words], target.x + (isRight ? 4 : -4), bottom - 11, {
        ...faint,
        align: isRight ? 'left' : 'right',
      });
    }
    for (const { title, x, line: row, anchor } of markers) {
      const y = sheet.y + 9 * row;
      doc
        .moveTo(x, y + 2)
        .lineTo(x, bottom)
        .lineWidth(0.6)
        .dash(1.5, { space: 1.5 })
        .stroke(colour.quiet);
      doc.undash();
      sheet.draw([title], anchor === 'start' ? x + 3 : x - 3, y, {
        ...faint,
        align: anchor === 'start' ? 'left' : 'right',
      });
    }
  });
  figure.end();
  sheet.skip(LABELS + HEIGHT + 16);
}
