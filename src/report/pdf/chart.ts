import { inWords } from '../../duration.ts';
import { chartInWords, lossInWords, placeMarkers, timeScale } from '../chart-layout.ts';
import type { Report } from '../report-schema.ts';
import { colour, inner, type Look, page, type Sheet } from './sheet.ts';

const LANE = 13;
const BAR = 7;
const label: Look = { size: 7 };
const faint: Look = { size: 6.5, colour: colour.quiet };
const NAMES = 118;

/** Phases, steps, the customer outage and the data loss over the time of the run; as many lanes to a page as it holds. */
export function chart(sheet: Sheet, report: Report): void {
  const { timeline, outage, dataLoss } = report;
  const { fromMs, toMs, steps, criticalPath } = timeline;
  const span = { from: page.left + NAMES, to: page.left + inner };
  const { x, ticks } = timeScale(timeline, span);
  const widthOf = (text: string) => sheet.widthOf(text, faint);
  const markers = placeMarkers(timeline.markers, x, { end: span.to, widthOf });
  const above = 10 * Math.max(1, ...markers.map(({ line }) => line + 1));
  const isWatched = outage.probes !== null;
  const lanes: Lane[] = [
    { name: 'phases', draw: (y) => phases(sheet, timeline, x, y) },
    ...(isWatched
      ? [{ name: 'customers without service', draw: (y: number) => windows(sheet, outage, span, x, y) }]
      : []),
    ...(dataLoss.window ? [{ name: 'data lost', draw: (y: number) => loss(sheet, report, span, x, y) }] : []),
    ...steps.map((step) => ({
      name: step.step,
      draw(y: number) {
        const from = x(step.fromMs);
        const width = Math.max(1, x(step.toMs ?? toMs) - from);
        const isWaitedFor = criticalPath.some((part) => part.step === step.step);
        const fill = step.outcome === 'ok' ? colour.tones[isWaitedFor ? 0 : 2] : colour.bad;
        sheet.doc.roundedRect(from, y + (LANE - BAR) / 2, width, BAR, 1.5).fill(fill);
        length(sheet, inWords((step.toMs ?? toMs) - step.fromMs), { from, to: from + width, end: span.to }, y);
      },
    })),
  ];

  for (let index = 0; index < lanes.length; ) {
    sheet.need(above + 4 * LANE + 16);
    const count = Math.min(lanes.length - index, Math.floor((sheet.room - above - 20) / LANE));
    const part = lanes.slice(index, index + count);
    const top = sheet.y + above;
    const bottom = top + part.length * LANE + 2;
    const BBox = [page.left, page.height - bottom - 12, span.to, page.height - sheet.y];
    const attributes = { O: 'Layout', Placement: 'Block', BBox };
    const figure = sheet.element('Figure', { alt: chartInWords(report), attributes });
    sheet.tagged(figure, 'Figure', () => {
      for (const { atMs, sinceStartMs } of ticks) {
        sheet.doc.moveTo(x(atMs), top).lineTo(x(atMs), bottom).lineWidth(0.4).stroke(colour.line);
        const words = sinceStartMs === 0 ? '0' : inWords(sinceStartMs);
        sheet.draw([words], x(atMs), bottom + 1, { ...faint, align: 'center' });
      }
      for (const { title, x: at, line, anchor } of markers) {
        const y = sheet.y + 10 * line;
        sheet.doc
          .moveTo(at, y + 2)
          .lineTo(at, bottom)
          .lineWidth(0.6)
          .dash(1.5, { space: 1.5 })
          .stroke(colour.quiet);
        sheet.doc.undash();
        sheet.draw([title], anchor === 'start' ? at + 3 : at - 3, y, {
          ...faint,
          align: anchor === 'start' ? 'left' : 'right',
        });
      }
      part.forEach(({ name, draw }, lane) => {
        const y = top + lane * LANE;
        sheet.draw(sheet.lines(name, NAMES - 6, label).slice(0, 1), page.left, y + 1.5, label);
        draw(y);
      });
    });
    figure.end();
    sheet.skip(bottom + 16 - sheet.y);
    index += part.length;
  }
  sheet.paragraph(
    `From ${inWords(0)} to ${inWords(toMs - fromMs)} after the beginning. Dark: the recovery waited for this step; light: ran beside, before or after; red: no service, or a step that failed; yellow: from the last write that is there to the last that should be.`,
    faint,
  );
}

interface Lane {
  name: string;
  draw: (y: number) => void;
}

type X = (ms: number) => number;

function phases(sheet: Sheet, { phases: all, toMs }: Report['timeline'], x: X, y: number): void {
  for (const { phase, fromMs, toMs: endMs } of all) {
    const from = x(fromMs);
    const width = Math.max(0.5, x(endMs ?? toMs) - from);
    sheet.doc
      .roundedRect(from, y + 1, width, LANE - 2, 1.5)
      .lineWidth(0.5)
      .fillAndStroke(colour.raised, colour.strongLine);
    if (width > sheet.widthOf(phase, faint) + 4) {
      sheet.draw([phase], from + width / 2, y + 2, { ...faint, align: 'center' });
    }
  }
}

/** Behind a bar, or before it where there is no room behind. */
function length(sheet: Sheet, words: string, bar: { from: number; to: number; end: number }, y: number): void {
  const fits = bar.to + sheet.widthOf(words, faint) + 4 < bar.end;
  sheet.draw([words], fits ? bar.to + 3 : bar.from - 3, y + 2, { ...faint, align: fits ? 'left' : 'right' });
}

function loss(sheet: Sheet, { dataLoss, timeline }: Report, span: { to: number }, x: X, y: number): void {
  if (!dataLoss.window) return;
  const { fromMs, toMs } = dataLoss.window;
  const [from, to] = [x(fromMs), x(toMs)];
  if (toMs > fromMs)
    sheet.doc
      .roundedRect(Math.min(from, to - 1), y + (LANE - BAR) / 2, Math.max(1, to - from), BAR, 1.5)
      .fill(colour.warn);
  length(sheet, lossInWords(dataLoss, timeline), { from, to, end: span.to }, y);
}

function windows(sheet: Sheet, outage: Report['outage'], span: { from: number; to: number }, x: X, y: number): void {
  sheet.doc.roundedRect(span.from, y + (LANE - BAR) / 2, span.to - span.from, BAR, 1.5).fill(colour.raised);
  for (const { fromMs, toMs } of outage.windows) {
    const width = Math.max(1, x(toMs) - x(fromMs));
    sheet.doc.roundedRect(x(fromMs), y + (LANE - BAR) / 2, width, BAR, 1.5).fill(colour.bad);
  }
}
