import { inWords } from '../duration.ts';
import { isKnown } from '../measure/figure.ts';
import type { ServedAgain } from '../measure/served.ts';
import { type PlacedMarker, placeMarkers, textWidth, timeScale } from './chart-layout.ts';
import type { Report } from './report-schema.ts';
import { isDistribution, servedInWords, servedRows } from './served-words.ts';

interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
  widthOf?: (text: string) => number;
}

/** A step line of how many customers were served, laid out upon an area of any unit. */
export interface ServedLayout {
  /** Corners of the line, from left to right. */
  line: { x: number; y: number }[];
  ticks: { x: number; words: string }[];
  levels: { y: number; customers: number }[];
  /** The first, half and last, with room for what is written at each. */
  markers: PlacedMarker[];
  /** The target, where it is within what is drawn. */
  target: { x: number; words: string; anchor: 'start' | 'end' } | null;
}

/** The lowest line of labels stands right above the area. */
export function layOut(
  served: ServedAgain,
  { toMs, targetMs }: { toMs: number; targetMs: number | null },
  { left, right, top, bottom, widthOf }: Area,
): ServedLayout {
  const fromMs = served.curve[0]?.atMs ?? 0;
  const lastMs = served.curve.at(-1)?.atMs ?? fromMs;
  const seenMs = isKnown(served.last) ? lastMs - fromMs : Math.max(lastMs, toMs) - fromMs;
  const isTargetNear = targetMs !== null && targetMs <= seenMs * 1.5;
  const lengthMs = Math.max(seenMs, isTargetNear ? targetMs : 0) * 1.08;
  const { x, ticks } = timeScale({ fromMs, toMs: fromMs + lengthMs }, { from: left, to: right });
  const y = (customers: number) => bottom - ((bottom - top) * customers) / served.customers;
  const line = served.curve.flatMap(({ atMs, served: now }, index) => {
    const before = served.curve[index - 1];
    const corner = { x: x(atMs), y: y(now) };
    return before ? [{ x: corner.x, y: y(before.served) }, corner] : [corner];
  });
  const end = line.at(-1);
  // Nobody looked after the watch had ended.
  if (end) line.push({ x: isKnown(served.last) ? right : x(fromMs + seenMs), y: end.y });
  const moments = servedRows(served)
    .filter(({ share, figure }) => share !== 'most' && isKnown(figure) && figure.ms > 0)
    .map(({ share, figure }) => ({ marker: share, title: share, atMs: fromMs + ('ms' in figure ? figure.ms : 0) }));
  return {
    line,
    ticks: ticks.map(({ atMs, sinceStartMs }) => ({
      x: x(atMs),
      words: sinceStartMs === 0 ? '0' : inWords(sinceStartMs),
    })),
    levels: levelsOf(served.customers).map((customers) => ({ y: y(customers), customers })),
    markers: placeMarkers(moments, x, { end: right, ...(widthOf && { widthOf }) }),
    target: isTargetNear ? targetAt(x(fromMs + targetMs), `target ${inWords(targetMs)}`) : null,
  };

  function targetAt(at: number, words: string): NonNullable<ServedLayout['target']> {
    const hasRoom = at + (widthOf ?? textWidth)(words) + 8 < right;
    return { x: at, words, anchor: hasRoom ? 'start' : 'end' };
  }
}

const levelsOf = (customers: number): number[] =>
  customers % 2 === 0 ? [0, customers / 2, customers] : [0, customers];

/** The public names whose customers can be drawn, with a description of each for readers who cannot see the chart. */
export const namesServedAgain = ({ recoveries }: Report) =>
  recoveries.flatMap(({ of, name, served, target }) =>
    isDistribution(served)
      ? [{ of, name, served, targetMs: target?.limitMs ?? null, words: servedInWords(served) }]
      : [],
  );
