import { scaleUtc } from 'd3-scale';
import { inWords } from '../duration.ts';
import type { Report } from './report-schema.ts';

/** Widths and heights of the timeline in units of its view box. */
export const chart = { width: 1000, left: 168, right: 16, lane: 26, bar: 14, labelLine: 16 } as const;

const GLYPH = 6.6;
const TICKS = 8;

/** How wide a text will be, at most about; system fonts differ. */
export const textWidth = (text: string): number => text.length * GLYPH;

/** From where to where time runs. */
interface Span {
  from: number;
  to: number;
}

/** Turns epoch milliseconds into a place on the chart. */
export function timeScale(
  { fromMs, toMs }: Pick<Report['timeline'], 'fromMs' | 'toMs'>,
  { from, to }: Span = { from: chart.left, to: chart.width - chart.right },
): {
  x: (ms: number) => number;
  ticks: { atMs: number; sinceStartMs: number }[];
} {
  const lengthMs = Math.max(1, toMs - fromMs);
  // Counted from the epoch, d3 puts the ticks on whole seconds and minutes since the start.
  const scale = scaleUtc().domain([0, lengthMs]).range([from, to]);
  return {
    x: (ms) => Math.round(scale(Math.min(Math.max(ms - fromMs, 0), lengthMs)) * 10) / 10,
    ticks: scale.ticks(TICKS).map((tick) => ({ atMs: fromMs + tick.getTime(), sinceStartMs: tick.getTime() })),
  };
}

export interface PlacedMarker {
  title: string;
  x: number;
  /** Counted from the top; labels that would touch stand on different lines. */
  line: number;
  anchor: 'start' | 'end';
}

/** Puts each label on the first line where it has room. */
export function placeMarkers(
  markers: Report['timeline']['markers'],
  x: (ms: number) => number,
  { end = chart.width as number, widthOf = textWidth } = {},
): PlacedMarker[] {
  const endOfLine: number[] = [];
  return markers.map(({ title, atMs }) => {
    const at = x(atMs);
    const width = widthOf(title) + 14;
    const anchor = at + width > end ? 'end' : 'start';
    const from = anchor === 'start' ? at : at - width;
    const free = endOfLine.findIndex((end) => end <= from);
    const line = free === -1 ? endOfLine.length : free;
    endOfLine[line] = from + width;
    return { title, x: at, line, anchor };
  });
}

/** What was lost, as far as the chart reaches back: a restore may go back to the day before. */
export function lossInWords({ window }: Report['dataLoss'], timeline: Pick<Report['timeline'], 'fromMs'>): string {
  if (!window) return '';
  const { fromMs, toMs } = window;
  if (fromMs === toMs) return 'nothing lost';
  return `${inWords(toMs - fromMs)} of writes lost${fromMs < timeline.fromMs ? ', from before the run on' : ''}`;
}

/** The chart for anyone who cannot see it. */
export function chartInWords({ timeline, outage, dataLoss }: Report): string {
  const { fromMs, toMs, markers, steps } = timeline;
  const moments = markers.map(({ title, atMs }) => `${title} after ${inWords(atMs - fromMs)}`);
  const windows = outage.windows.map(
    (window) => `customers were without service for ${inWords(window.toMs - window.fromMs)}`,
  );
  const lost = dataLoss.window ? [lossInWords(dataLoss, timeline)] : [];
  return `${steps.length} steps over ${inWords(toMs - fromMs)}. ${[...moments, ...windows, ...lost].join('; ')}. The table of steps gives the same times.`;
}
