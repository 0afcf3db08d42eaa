import type { Arrow } from './arrows.ts';
import { type colours, toneOf } from './colours.ts';
import type { PictureState, PictureStep } from './picture.ts';
import { widthOf, wrapped } from './text.ts';
import type { Ways } from './ways.ts';

export interface Line {
  text: string;
  bold?: boolean;
  colour: keyof typeof colours;
  /** The arrow that is told in this line. */
  arrow?: Arrow;
}

/** A line from one block to the next. */
export interface Link {
  arrow: Arrow;
  points: { x: number; y: number }[];
}

/** A state with its place. What is in it is placed from its own upper left corner. */
export interface Block {
  state: PictureState;
  x: number;
  y: number;
  width: number;
  height: number;
  lines: Line[];
  blocks: Block[];
  links: Link[];
}

export const SIZE = 12;
export const LINE_HEIGHT = 16;
export const PADDING = 10;
const CARD = 228;
/** The widths that a box is laid out for are multiples of it, so that they are few. */
const GRID = 2 * PADDING;
/** Between blocks that a line may join, and between those side by side. */
const GAP = { joined: 26, beside: 8, below: 18 };

type Box = Extract<PictureState, { shape: 'box' }>;
type Placed = Pick<Block, 'width' | 'height' | 'blocks' | 'links'>;

interface Sheet {
  ways: Ways;
  /** What has been laid out, by the width that it was given. */
  known: Map<string, Block>;
}

/** States one after another in reading order. */
export const laidOut = (states: readonly PictureState[], ways: Ways, width: number): Placed =>
  inRows(states, { ways, known: new Map() }, width);

/** Beside each other as far as they fit, then in the next row. Boxes become narrower where that makes the whole lower. */
function inRows(states: readonly PictureState[], sheet: Sheet, width: number): Placed {
  const laid = (blocks: readonly Block[]) => placed(blocks, width, { across: GAP.joined, down: GAP.joined });
  const at = (state: PictureState, limit: number) => blockOf(state, sheet, { width: limit, isColumn: false });
  let blocks = states.map((state) => at(state, width));
  let best = laid(blocks);
  const limits = [width - CARD - GAP.joined, (width - GAP.joined) / 2, (width - 2 * GAP.joined) / 3];
  for (const [index, { shape }] of states.entries()) {
    if (shape !== 'box' || states.length === 1) continue;
    for (const count of [1, 2, 3]) {
      const some = states.slice(index, index + count);
      for (const limit of limits) {
        const tried = blocks.toSpliced(index, some.length, ...some.map((one) => at(one, limit)));
        const then = laid(tried);
        if (then.height < best.height && then.width <= width) [blocks, best] = [tried, then];
      }
    }
  }
  return linked(best, sheet.ways);
}

function inColumn(states: readonly PictureState[], sheet: Sheet, width: number): Placed {
  const blocks = states.map((state) => blockOf(state, sheet, { width, isColumn: true }));
  return linked(placed(blocks, 0, { across: 0, down: GAP.below }), sheet.ways);
}

/** All branches as columns, or all as rows: the arrangement with the smaller height. */
function sideBySide(states: readonly PictureState[], sheet: Sheet, width: number): Placed {
  const laid = (isColumn: boolean): Placed => {
    const blocks = states.map((state) => blockOf(state, sheet, { width, isColumn }));
    return { ...placed(blocks, width, { across: GAP.beside, down: GAP.beside }), links: [] };
  };
  const [columns, rows] = [laid(true), laid(false)];
  return rows.height < columns.height && rows.width <= width ? rows : columns;
}

interface Room {
  width: number;
  /** Whether a row of states is laid out from top to bottom. */
  isColumn: boolean;
}

function blockOf(state: PictureState, sheet: Sheet, { width, isColumn }: Room): Block {
  const room = { width: Math.floor(width / GRID) * GRID, isColumn };
  const key = state.shape === 'box' ? `${room.width} ${isColumn} ${state.id}` : state.id;
  const known = sheet.known.get(key);
  if (known) return known;
  const block = state.shape === 'box' ? box(state, sheet, room) : card(state, sheet.ways);
  sheet.known.set(key, block);
  return block;
}

function card(state: PictureState, ways: Ways): Block {
  const width = state.shape === 'end' ? widthOf(state.name, SIZE, true) + 2 * PADDING : CARD;
  const lines = linesOf(state, ways, width - 2 * PADDING);
  return { state, x: 0, y: 0, width, height: heightOf(lines) + 2 * PADDING, lines, blocks: [], links: [] };
}

function box(state: Box, sheet: Sheet, { width, isColumn }: Room): Block {
  const [only, ...others] = state.states;
  if (only && others.length === 0 && saysAll(only, state, sheet.ways)) {
    const inside = blockOf(only, sheet, { width, isColumn });
    return { ...inside, state, lines: [], blocks: [inside] };
  }
  const lay = state.sideBySide ? sideBySide : isColumn ? inColumn : inRows;
  const contents = lay(state.states, sheet, width - 2 * PADDING);
  const textWidth = Math.max(contents.width, CARD);
  const lines = linesOf(state, sheet.ways, textWidth);
  const top = PADDING + heightOf(lines) + PADDING / 2;
  const shifted = ({ x, y }: { x: number; y: number }) => ({ x: x + PADDING, y: y + top });
  return {
    state,
    x: 0,
    y: 0,
    width: textWidth + 2 * PADDING,
    height: top + contents.height + PADDING,
    lines,
    blocks: contents.blocks.map((block) => ({ ...block, ...shifted(block) })),
    links: contents.links.map(({ arrow, points }) => ({ arrow, points: points.map(shifted) })),
  };
}

/** No title is needed twice: neither above a box of the same name, nor above `verify/orders`, the only step of `orders`. */
function saysAll(only: PictureState, around: Box, ways: Ways): boolean {
  const names = only.shape === 'step' ? only.name.split('/') : only.shape === 'box' ? [only.name] : [];
  return names.includes(around.name) && around.watches.length + ways.inWordsFrom(around.id).length === 0;
}

const heightOf = (lines: readonly Line[]): number => lines.length * LINE_HEIGHT;

function placed(blocks: readonly Block[], width: number, gap: { across: number; down: number }): Omit<Placed, 'links'> {
  let [x, y, rowHeight] = [0, 0, 0];
  const all = blocks.map((block, index) => {
    const beginsEnds = block.state.shape === 'end' && blocks[index - 1]?.state.shape !== 'end';
    if (x > 0 && (x + block.width > width || beginsEnds)) {
      y += rowHeight + gap.down;
      [x, rowHeight] = [0, 0];
    }
    const here = { ...block, x, y };
    x += block.width + gap.across;
    rowHeight = Math.max(rowHeight, block.height);
    return here;
  });
  return {
    blocks: all,
    width: Math.max(0, ...all.map((block) => block.x + block.width)),
    height: y + rowHeight,
  };
}

function linked({ blocks, ...size }: Omit<Placed, 'links'>, ways: Ways): Placed {
  const links = blocks.slice(1).flatMap((next, index) => {
    const before = blocks[index];
    const arrow = before && ways.between(before.state, next.state);
    return arrow ? [{ arrow, points: pathBetween(before, next) }] : [];
  });
  return { blocks, ...size, links };
}

/** From a block to the next in its row, or down to the beginning of the row below. */
function pathBetween(before: Block, next: Block): Link['points'] {
  const level = PADDING + LINE_HEIGHT / 2;
  if (before.y === next.y) {
    return [
      { x: before.x + before.width, y: before.y + level },
      { x: next.x, y: next.y + level },
    ];
  }
  const to = next.x + CARD / 2;
  const from = before.x === next.x ? to : before.x + before.width / 2;
  const bend = next.y - GAP.joined / 2;
  const bends =
    from === to
      ? []
      : [bend].flatMap((y) => [
          { x: from, y },
          { x: to, y },
        ]);
  return [{ x: from, y: before.y + before.height }, ...bends, { x: to, y: next.y }];
}

function linesOf(state: PictureState, ways: Ways, width: number): Line[] {
  const write = (text: string, line: Omit<Line, 'text'>): Line[] =>
    wrapped(text, width, SIZE, line.bold).map((part) => ({ ...line, text: part }));
  return [
    ...write(state.name, { bold: true, colour: state.shape === 'end' ? toneOf(state.id) : 'ink' }),
    ...(state.shape === 'step' ? state.steps : []).flatMap((step) => [
      ...write(step.title, { colour: 'ink' }),
      ...marksOf(step).flatMap(({ text, ...line }) => write(text, line)),
    ]),
    ...state.watches.flatMap((watch) => write(`meanwhile: ${watch}`, { colour: 'quiet' })),
    ...ways.inWordsFrom(state.id).flatMap((arrow) =>
      write(`${arrow.when} → ${ways.nameOf(arrow.to)}`.trim(), {
        colour: arrow.kind === 'trouble' ? 'trouble' : 'quiet',
        arrow,
      }),
    ),
  ];
}

const marksOf = ({ isPointOfNoReturn, plane, region }: PictureStep): Line[] => [
  ...(isPointOfNoReturn ? [{ text: 'point of no return', bold: true, colour: 'bad' } as const] : []),
  ...(plane === 'control'
    ? [{ text: `control plane${region ? ` of ${region}` : ''}`, colour: 'control' } as const]
    : []),
];
