import { countedAs } from '../../drill/measures.ts';
import { inWords } from '../../duration.ts';
import { boundOf, type Figure, isKnown } from '../../measure/figure.ts';
import type { Held } from '../../measure/verdict.ts';
import { countsOf } from '../counts.ts';
import { certainty, percent, rowsLost, standing, value } from '../figure-words.ts';
import { heldOn } from '../mark.ts';
import type { Report } from '../report-schema.ts';
import { waitedFor } from '../waited-for.ts';
import { colour, inner, page, type Sheet } from './sheet.ts';

const looks: Record<Report['outcome'], string> = {
  passed: colour.good,
  'target-missed': colour.bad,
  failed: colour.bad,
  'rolled-back': colour.warn,
  aborted: colour.warn,
  unfinished: colour.warn,
};

/** The sections of the report, with the pages that they begin on. */
export type Contents = readonly { title: string; page: number }[];

/** What was drilled, how it went in one sentence, and the four figures that are asked for first. */
export function headline(sheet: Sheet, report: Report, contents: Contents): void {
  const { drill, verdict, surprise, outcome, caveat } = report;
  const quiet = { size: 8.5, colour: colour.quiet };
  sheet.paragraph(`Disaster-recovery drill, ${heldOn(report)}`, quiet);
  sheet.skip(4);
  sheet.paragraph(drill.title, { tag: 'H1', size: 15, weight: 'bold' });
  sheet.skip(6);
  badge(sheet, verdict.words, looks[outcome]);
  const counts = countsOf(report).map(({ words }) => words);
  if (counts.length > 0) sheet.paragraph(counts.join(' · '), { weight: 'bold' });
  sheet.skip(4);
  sheet.paragraph(verdict.sentence, { size: 11 });
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
  if (contents.length > 0) {
    sheet.skip(8);
    const entries = contents.map(({ title, page: number }) => `${title} ${number}`.replaceAll(' ', '\u00a0'));
    sheet.paragraph(`Contents: ${entries.join(' · ')}`, { size: 8, colour: colour.quiet });
  }
  sheet.skip(12);
  figures(sheet, report);
}

/** The verdict, larger than all else. */
function badge(sheet: Sheet, words: string, fill: string): void {
  const look = { size: 20, weight: 'bold', colour: colour.paper } as const;
  const lines = sheet.lines(words, inner - 2 * BADGE_PAD, look);
  const width = Math.max(...lines.map((line) => sheet.widthOf(line, look))) + 2 * BADGE_PAD;
  const height = lines.length * sheet.lineHeight(look) + 6;
  const top = sheet.y;
  sheet.artifact(() => sheet.doc.roundedRect(page.left, top, width, height, 4).fill(fill));
  sheet.skip(5);
  sheet.paragraph(words, { ...look, x: page.left + BADGE_PAD, width: inner - 2 * BADGE_PAD });
  sheet.skip(8);
}

const BADGE_PAD = 12;

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

/** Where the recovery time went: by the steps that it waited for, drawn to length, and by the parts of a recovery. */
export function splitBar(sheet: Sheet, report: Report): void {
  const { parts, afterwards, person } = report.recovery;
  if (parts.length + afterwards.length === 0) return;
  sheet.section('Where the time went');
  const waited = waitedFor(report);
  if (waited.length > 0) {
    const y = sheet.y;
    const whole = waited.reduce((sum, { share }) => sum + share, 0);
    sheet.artifact(() => {
      let x: number = page.left;
      waited.forEach(({ share }, index) => {
        const width = (inner * share) / whole;
        sheet.doc.rect(x, y, Math.max(1, width - 1), 16).fill(toneOf(index));
        x += width;
      });
    });
    sheet.skip(22);
    waitedList(sheet, waited);
  }
  const all = [...parts, ...afterwards.map((part) => ({ ...part, title: `${part.title}, afterwards` }))];
  const said = all.map(({ title, figure }) =>
    isKnown(figure) ? `${title} ${value(figure)}` : `${title} unknown: ${figure.unknown}`,
  );
  sheet.skip(4);
  sheet.paragraph(said.join(' · '), { size: 8.5, colour: colour.quiet });
  if (isKnown(person) && person.ms > 0) {
    sheet.paragraph(`A person took ${value(person)} of this to decide.`, { size: 8.5, colour: colour.quiet });
  }
}

const TONES = 4;
const toneOf = (index: number): string => colour.tones[index % TONES] ?? colour.line;

/** Each step that the recovery waited for on a line, with its time and its share. */
function waitedList(sheet: Sheet, waited: ReturnType<typeof waitedFor>): void {
  const look = { size: 8.5 };
  const right = page.left + inner;
  const list = sheet.element('L');
  waited.forEach(({ title, ms, share }, index) => {
    sheet.need(sheet.lineHeight(look));
    const top = sheet.y;
    sheet.artifact(() => sheet.doc.rect(page.left, top + 3, 7, 7).fill(toneOf(index)));
    const item = sheet.element('LI', { parent: list });
    const body = sheet.element('LBody', { parent: item });
    sheet.tagged(body, 'LBody', () => {
      sheet.draw([sheet.line(title, inner - 130, look)], page.left + 13, top, look);
      sheet.draw([inWords(ms)], right - 46, top, { ...look, weight: 'bold', align: 'right' });
      sheet.draw([percent(share)], right, top, { ...look, colour: colour.quiet, align: 'right' });
    });
    body.end();
    item.end();
    sheet.skip(sheet.lineHeight(look));
  });
  list.end();
}
