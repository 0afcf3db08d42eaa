import { scaleUtc } from 'd3-scale';
import type { Report } from './report-schema.ts';

/** Widths and heights of the timeline in units of its view box. */
export const chart = { width: 1000, left: 168, right: 16, lane: 26, bar: 14, labelLine: 16 } as const;

const GLYPH = 6.6;
const TICKS = 8;

/** How wide a text will be, at most about; system fonts differ. */
export const textWidth = (text: string): number => text.length * GLYPH;

/** Turns epoch milliseconds into a place on the chart. */
export function timeScale({ fromMs, toMs }: Report['timeline']): {
  x: (ms: number) => number;
  ticks: { atMs: number; sinceStartMs: number }[];
} {
  const lengthMs = Math.max(1, toMs - fromMs);
  // Counted from the epoch, d3 puts the ticks on whole seconds and minutes since the start.
  const scale = scaleUtc()
    .domain([0, lengthMs])
    .range([chart.left, chart.width - chart.right]);
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
export function placeMarkers(markers: Report['timeline']['markers'], x: (ms: number) => number): PlacedMarker[] {
  const endOfLine: number[] = [];
  return markers.map(({ title, atMs }) => {
    const at = x(atMs);
    const width = textWidth(title) + 14;
    const anchor = at + width > chart.width ? 'end' : 'start';
    const from = anchor === 'start' ? at : at - width;
    const free = endOfLine.findIndex((end) => end <= from);
    const line = free === -1 ? endOfLine.length : free;
    endOfLine[line] = from + width;
    return { title, x: at, line, anchor };
  });
}
