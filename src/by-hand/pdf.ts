import { colour, inner, page, Sheet } from '../report/pdf/sheet.ts';
import { table } from '../report/pdf/table.ts';
import type { Block } from './document.ts';

interface About {
  title: string;
  drill: string;
  /** Stands in the file as the time it was made. */
  at: Date;
}

/** A runbook on A4, with room for a pen at each step. */
export async function toPdf({ title, drill, at }: About, blocks: readonly Block[]): Promise<Uint8Array> {
  const sheet = new Sheet({ title, subject: `Runbook of the drill ${drill}`, keywords: undefined, at });
  sheet.paragraph(title, { tag: 'H1', size: 18, weight: 'bold' });
  sheet.skip(8);
  for (const block of blocks) put(sheet, block);
  return sheet.finish((index, count) => {
    const faint = { size: 7, colour: colour.quiet };
    const y = page.height - 40;
    sheet.draw([`Runbook ${drill}`], page.left, y, faint);
    sheet.draw([`Page ${index + 1} of ${count}`], page.left + inner, y, { ...faint, align: 'right' });
  });
}

function put(sheet: Sheet, block: Block): void {
  if ('heading' in block) sheet.section(block.heading);
  else if ('subheading' in block) {
    sheet.need(150);
    sheet.skip(10);
    sheet.paragraph(block.subheading, { tag: 'H3', size: 11, weight: 'bold' });
    sheet.skip(2);
  } else if ('tick' in block) tick(sheet, block);
  else if ('text' in block) {
    sheet.paragraph(block.text, block.strong ? { weight: 'bold', colour: colour.warn } : {});
    sheet.skip(3);
  } else if ('list' in block) for (const one of block.list) sheet.paragraph(`•  ${one}`);
  else if ('boxes' in block)
    for (const one of block.boxes) {
      sheet.need(sheet.lineHeight() * 2);
      box(sheet, page.left, sheet.y + 3);
      sheet.paragraph(one, { x: page.left + INDENT, width: inner - INDENT });
      sheet.skip(2);
    }
  else if ('facts' in block)
    table(
      sheet,
      [
        { title: 'Of', share: 20, cell: ([name]) => name },
        { title: 'What', share: 80, cell: ([, value]) => value },
      ],
      block.facts,
    );
  else if ('code' in block) {
    sheet.skip(2);
    for (const line of block.code.split('\n'))
      sheet.paragraph(line, { tag: 'Code', x: page.left + INDENT, width: inner - INDENT, size: 7.5, colour: CODE });
    sheet.skip(4);
  } else
    table(
      sheet,
      block.head.map((title, index) => ({
        title,
        share: 1,
        cell: (row: string[]) => (index === 0 ? `\n${row[index]}` : (row[index] ?? '')),
      })),
      block.rows,
    );
}

const INDENT = 18;
const CODE = '#0b4a4a';
const PEN = 150;

/** A step's headline, with a box to tick and lines for the time and initials. */
function tick(sheet: Sheet, { tick: title, name }: { tick: string; name: string }): void {
  sheet.need(80);
  sheet.skip(10);
  const y = sheet.y;
  const right = page.left + inner;
  sheet.artifact(() => {
    sheet.doc.moveTo(page.left, y).lineTo(right, y).lineWidth(0.5).stroke(colour.strongLine);
    sheet.draw(['Time'], right - PEN, y + 4, { size: 7.5, colour: colour.quiet });
    sheet.draw(['Initials'], right - PEN / 2, y + 4, { size: 7.5, colour: colour.quiet });
    for (const x of [right - PEN + 20, right - PEN / 2 + 30])
      sheet.doc
        .moveTo(x, y + 14)
        .lineTo(x + 42, y + 14)
        .stroke(colour.strongLine);
  });
  sheet.skip(4);
  box(sheet, page.left, sheet.y + 2);
  const place = { x: page.left + INDENT, width: inner - INDENT - PEN - 10 };
  sheet.paragraph(title, { ...place, tag: 'H4', size: 9.5, weight: 'bold' });
  sheet.paragraph(name, { ...place, size: 7.5, colour: colour.quiet });
  sheet.skip(2);
}

const box = (sheet: Sheet, x: number, y: number): void =>
  sheet.artifact(() => {
    sheet.doc.rect(x, y, 8, 8).lineWidth(0.8).stroke(colour.ink);
  });
