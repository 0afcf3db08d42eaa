import { countedAs } from '../../drill/measures.ts';
import { inWords } from '../../duration.ts';
import { boundOf, type Figure, isKnown } from '../../measure/figure.ts';
import type { Held } from '../../measure/verdict.ts';
import { certainty, percent, rowsLost, standing, value } from '../figure-words.ts';
import { heldOn } from '../mark.ts';
import type { Report } from '../report-schema.ts';
import { colour, inner, page, type Sheet } from './sheet.ts';

const looks: Record<Report['outcome'], string> = {
  passed: colour.good,
  'target-missed': colour.bad,
  failed: colour.bad,
  'rolled-back': colour.warn,
  aborted: colour.warn,
  unfinished: colour.warn,
};

/** What was drilled, how it went in one sentence, and the four figures that are asked for first. */
export function headline(sheet: Sheet, report: Report): void {
  const { drill, verdict, surprise, outcome, caveat } = report;
  const quiet = { size: 8.5, colour: colour.quiet };
  sheet.paragraph(`Disaster-recovery drill, ${heldOn(report)}`, quiet);
  sheet.skip(4);
  sheet.paragraph(drill.title, { tag: 'H1', size: 20, weight: 'bold' });
  sheet.skip(8);
  const from = sheet.y;
  const inset = { x: page.left + 14, width: inner - 14 };
  sheet.paragraph(verdict.words, { ...inset, size: 11, weight: 'bold', colour: looks[outcome] });
  sheet.paragraph(verdict.sentence, { ...inset, size: 11 });
  if (sheet.y > from) sheet.artifact(() => sheet.doc.rect(page.left, from, 3, sheet.y - from).fill(looks[outcome]));
  if (surprise !== null) {
    sheet.skip(6);
    sheet.paragraph(surprise.words, { size: 8.5, colour: colour.quiet });
  }
  if (verdict.contradiction !== null) {
    sheet.skip(6);
    sheet.paragraph(verdict.contradiction, { colour: colour.bad, weight: 'bold' });
  }
  if (caveat !== null) {
    sheet.skip(6);
    sheet.paragraph(caveat, { size: 8.5, colour: colour.warn });
  }
  sheet.skip(12);
  figures(sheet, report);
}

interface Box {
  name: string;
  big: string;
  isKnown: boolean;
  small: (string | { text: string; colour: string })[];
  gauge?: { figure: Figure; held: Held } | undefined;
}

function figures(sheet: Sheet, report: Report): void {
  const { drill, recovery, dataLoss, outage, targets, objective, rehearsal } = report;
  const limit = (name: string, held: Held | null, figure: Figure) =>
    held === null
      ? `${name}: none`
      : {
          text: `${name} ${inWords(held.limitMs)}: ${standing(held, figure, rehearsal)}`,
          colour: held.standing === 'met' ? colour.good : held.standing === 'missed' ? colour.bad : colour.warn,
        };
  const box = (name: string, figure: Figure, target?: Held | null, platform?: Held | null): Box => ({
    name,
    big: value(figure),
    isKnown: isKnown(figure),
    small: [
      certainty(figure),
      ...(target === undefined ? [] : [limit('Target', target, figure)]),
      ...(platform === undefined || platform === null ? [] : [limit('Platform objective', platform, figure)]),
    ],
    gauge: target ? { figure, held: target } : undefined,
  });
  const { rows } = dataLoss;
  const { title, many } = countedAs(drill.measures);
  const boxes: Box[] = [
    box('Recovery time (RTO)', recovery.total, targets.rto, objective.rto),
    box('Data loss (RPO)', dataLoss.loss, targets.rpo, objective.rpo),
    box('Customer outage', outage.duration),
    'unknown' in rows
      ? { name: title, big: rowsLost(dataLoss), isKnown: false, small: [rows.unknown] }
      : {
          name: title,
          big: `${rows.lost}`,
          isKnown: true,
          small: [
            `${rowsLost(dataLoss)} ${many}, counted`,
            ...(rows.gaps > 0
              ? [
                  {
                    text: `${rows.lostInGaps} of them in ${rows.gaps} ${rows.gaps === 1 ? 'gap' : 'gaps'}`,
                    colour: colour.bad,
                  },
                ]
              : []),
          ],
        },
  ];
  const gap = 14;
  const width = (inner - gap * (boxes.length - 1)) / boxes.length;
  sheet.need(120);
  const top = sheet.y;
  sheet.artifact(() =>
    sheet.doc
      .moveTo(page.left, top)
      .lineTo(page.left + inner, top)
      .lineWidth(0.6)
      .stroke(colour.strongLine),
  );
  const heights = boxes.map((one, index) => drawBox(sheet, one, page.left + index * (width + gap), top + 8, width));
  const bottom = top + 8 + Math.max(...heights) + 8;
  sheet.artifact(() =>
    sheet.doc
      .moveTo(page.left, bottom)
      .lineTo(page.left + inner, bottom)
      .lineWidth(0.6)
      .stroke(colour.strongLine),
  );
  sheet.skip(bottom - sheet.y);
}

function drawBox(
  sheet: Sheet,
  { name, big, small, gauge, ...one }: Box,
  x: number,
  top: number,
  width: number,
): number {
  let y = top;
  const element = sheet.element('P');
  const put = (text: string, look: Parameters<Sheet['draw']>[3] & object) => {
    const lines = sheet.lines(text, width, look);
    sheet.tagged(element, 'P', () => sheet.draw(lines, x, y, look));
    y += lines.length * sheet.lineHeight(look);
  };
  put(name, { size: 8, weight: 'bold', colour: colour.quiet });
  put(big, { size: 15, weight: one.isKnown ? 'bold' : 'regular', colour: one.isKnown ? colour.ink : colour.quiet });
  const [certain, ...rest] = small;
  if (certain !== undefined)
    put(typeof certain === 'string' ? certain : certain.text, { size: 7.5, colour: colour.quiet });
  const usedMs = gauge && boundOf(gauge.figure);
  if (gauge && usedMs !== undefined && gauge.held.limitMs > 0) {
    const { held } = gauge;
    const full = Math.max(usedMs, held.limitMs) * 1.02;
    const fill = held.standing === 'missed' ? colour.bad : colour.tones[0];
    const at = y + 4;
    sheet.artifact(() => {
      sheet.doc.roundedRect(x, at, width, 4, 2).fill(colour.line);
      sheet.doc.roundedRect(x, at, Math.max(2, (width * usedMs) / full), 4, 2).fill(fill);
      sheet.doc.rect(x + (width * held.limitMs) / full, at - 2, 1, 8).fill(colour.ink);
    });
    y += 12;
  }
  for (const line of rest) {
    const { text, colour: tone } = typeof line === 'string' ? { text: line, colour: colour.quiet } : line;
    put(text, { size: 7.5, colour: tone });
  }
  element.end();
  return y - top;
}

/** Where the recovery time went, drawn to length. */
export function splitBar(sheet: Sheet, { recovery }: Report): void {
  const { parts, afterwards, total, person } = recovery;
  const knownMs = parts.reduce((sum, { figure }) => sum + (isKnown(figure) ? figure.ms : 0), 0);
  if (parts.length + afterwards.length === 0) return;
  sheet.section('Where the time went');
  if (isKnown(total) && knownMs > 0) {
    const y = sheet.y;
    sheet.artifact(() => {
      let x: number = page.left;
      parts.forEach(({ figure }, index) => {
        const width = isKnown(figure) ? (inner * figure.ms) / knownMs : 0;
        if (width > 0)
          sheet.doc
            .rect(x, y, Math.max(1, width - 1), 16)
            .fill(colour.tones[index % colour.tones.length] ?? colour.line);
        x += width;
      });
    });
    sheet.skip(22);
  }
  const list = sheet.element('L');
  const all = [...parts, ...afterwards.map((part) => ({ ...part, title: `${part.title}, afterwards` }))];
  const columns = 4;
  const width = inner / columns;
  for (let row = 0; row < all.length; row += columns) {
    sheet.need(32);
    const top = sheet.y;
    let height = 0;
    all.slice(row, row + columns).forEach(({ title, figure }, column) => {
      const x = page.left + column * width;
      const index = row + column;
      const share = isKnown(figure) && knownMs > 0 && index < parts.length ? `, ${percent(figure.ms / knownMs)}` : '';
      const words = isKnown(figure) ? `${value(figure)}${share}` : `unknown: ${figure.unknown}`;
      const item = sheet.element('LI', { parent: list });
      const body = sheet.element('LBody', { parent: item });
      const titles = sheet.lines(title, width - 20, { size: 8.5, weight: 'bold' });
      const lines = sheet.lines(words, width - 20, { size: 8.5, colour: colour.quiet });
      if (index < parts.length)
        sheet.artifact(() =>
          sheet.doc.rect(x, top + 3, 7, 7).fill(colour.tones[index % colour.tones.length] ?? colour.line),
        );
      sheet.tagged(body, 'LBody', () => {
        sheet.draw(titles, x + 11, top, { size: 8.5, weight: 'bold' });
        sheet.draw(lines, x + 11, top + titles.length * sheet.lineHeight({ size: 8.5 }), {
          size: 8.5,
          colour: colour.quiet,
        });
      });
      body.end();
      item.end();
      height = Math.max(height, (titles.length + lines.length) * sheet.lineHeight({ size: 8.5 }));
    });
    sheet.skip(height + 6);
  }
  list.end();
  if (isKnown(person) && person.ms > 0) {
    sheet.paragraph(`A person took ${value(person)} of this to decide.`, { size: 8.5, colour: colour.quiet });
  }
}
