import { arranged } from './arranged.ts';
import type { Arrow } from './arrows.ts';
import { type Block, LINE_HEIGHT, type Line, type Link, laidOut, PADDING, SIZE } from './block.ts';
import { colours, toneOf } from './colours.ts';
import { oneLine } from './in-words.ts';
import { type Picture, type PictureState, statesIn } from './picture.ts';
import { escaped, wrapped } from './text.ts';
import { waysOf } from './ways.ts';

/** On a page of A4 across, or in a column of a web page, so wide a picture has letters of 9 px at least. */
const WIDTH = 1_400;
const MARGIN = 20;
const TITLE_SIZE = 17;
const TITLE_HEIGHT = 24;
/** A heading over a narrow picture has lines of this width. */
const LINE_MIN = 600;
const HOW_TO_READ =
  'Read rows from left to right. “failure → rollback”: after a failure, rollback is next. At the top of a box, this applies to all states in it.';

/** One SVG, for light and dark, that needs nothing else. */
export function toSvg(picture: Picture): string {
  const row = arranged(picture);
  const drawn = laidOut(row, waysOf(picture, row), WIDTH - 2 * MARGIN);
  const textWidth = Math.max(drawn.width, LINE_MIN);
  const title = wrapped(picture.title, textWidth, TITLE_SIZE, true);
  const note = wrapped(`State machine ${picture.machine}. ${HOW_TO_READ}`, textWidth, SIZE);
  const width = Math.ceil(textWidth + 2 * MARGIN);
  const heading = MARGIN + title.length * TITLE_HEIGHT + note.length * LINE_HEIGHT + PADDING;
  const height = Math.ceil(heading + drawn.height + MARGIN);
  const from = { x: MARGIN, y: heading };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" class="drill-states" role="img" aria-label="${escaped(inOneSentence(picture))}">
<title>${escaped(oneLine(picture.title))}</title>
<style>${pictureStyle}</style>
<rect width="${width}" height="${height}" rx="14" fill="${colours.paper.light}"/>
<g font-family="Arial,Helvetica,'Liberation Sans',Arimo,sans-serif" font-size="${SIZE}">
${title.map((text, index) => `<text x="${MARGIN}" y="${MARGIN + TITLE_SIZE + index * TITLE_HEIGHT}" font-size="${TITLE_SIZE}" font-weight="bold" fill="${colours.ink.light}">${escaped(text)}</text>`).join('')}
${note.map((text, index) => textLine({ text, colour: 'quiet' }, MARGIN, MARGIN + title.length * TITLE_HEIGHT + index * LINE_HEIGHT + SIZE)).join('')}
${[...drawn.blocks.flatMap((block) => blockLines(block, from, 0)), ...drawn.links.map((link) => linkLine(link, from))].join('\n')}
</g>
</svg>
`;
}

/** In a dark scheme every light colour is exchanged for its dark one; where styles are not understood, all stays light. */
export const pictureStyle = `@media (prefers-color-scheme: dark) {${Object.values(colours)
  .map(
    ({ light, dark }) =>
      `.drill-states [fill="${light}"]{fill:${dark}}.drill-states [stroke="${light}"]{stroke:${dark}}`,
  )
  .join('')}}`;

interface Point {
  x: number;
  y: number;
}

function blockLines(block: Block, from: Point, depth: number): string[] {
  const { state, width, height, lines, blocks, links } = block;
  const at = { x: from.x + block.x, y: from.y + block.y };
  const texts = lines.map((line, index) => ({ line, y: at.y + PADDING + index * LINE_HEIGHT + SIZE }));
  const own = texts.filter(({ line }) => !line.arrow).map(({ line, y }) => textLine(line, at.x + PADDING, y));
  const ways = [...new Set(lines.flatMap(({ arrow }) => arrow ?? []))].map((arrow) => {
    const told = texts.filter(({ line }) => line.arrow === arrow);
    return `<g id="${arrowId(arrow)}">${told.map(({ line, y }) => textLine(line, at.x + PADDING, y)).join('')}</g>`;
  });
  const kind = state.shape === 'box' ? 'box' : 'node';
  const rect = `<rect x="${round(at.x)}" y="${round(at.y)}" width="${round(width)}" height="${round(height)}" ${lookOf(state, depth)}/>`;
  return [
    `<g id="state:${escaped(state.id)}" class="${kind}">${rect}${own.join('')}</g>`,
    ...ways,
    ...blocks.flatMap((inside) => blockLines(inside, at, depth + 1)),
    ...links.map((link) => linkLine(link, at)),
  ];
}

function lookOf(state: PictureState, depth: number): string {
  const look = (fill: keyof typeof colours, line: keyof typeof colours, { radius = 8, lineWidth = 1 } = {}): string =>
    `rx="${radius}" fill="${colours[fill].light}" stroke="${colours[line].light}" stroke-width="${lineWidth}"`;
  switch (state.shape) {
    case 'box':
      return look(depth % 2 === 0 ? 'box' : 'box-in-box', 'box-line');
    case 'step':
      return state.steps.some(({ isPointOfNoReturn }) => isPointOfNoReturn)
        ? look('step', 'bad', { lineWidth: 2.2 })
        : look('step', 'step-line');
    case 'work':
    case 'done':
      return look('step', 'step-line');
    case 'choice':
      return `${look('step', 'step-line')} stroke-dasharray="5 3"`;
    case 'end':
      return look(`${toneOf(state.id)}-soft`, toneOf(state.id), { radius: 18, lineWidth: 2 });
  }
}

const textLine = ({ text, bold, colour }: Line, x: number, y: number): string =>
  `<text x="${round(x)}" y="${round(y)}"${bold ? ' font-weight="bold"' : ''} fill="${colours[colour].light}">${escaped(text)}</text>`;

function linkLine({ arrow, points }: Link, from: Point): string {
  const path = points.map(({ x, y }) => ({ x: from.x + x, y: from.y + y }));
  const [before, tip] = path.slice(-2);
  if (!before || !tip) return '';
  const line = path.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
  const head =
    before.y === tip.y
      ? [tip, { x: tip.x - 8, y: tip.y - 4 }, { x: tip.x - 8, y: tip.y + 4 }]
      : [tip, { x: tip.x - 4, y: tip.y - 8 }, { x: tip.x + 4, y: tip.y - 8 }];
  const colour = colours.quiet.light;
  return `<g id="${arrowId(arrow)}"><path d="${line}" fill="none" stroke="${colour}" stroke-width="1.2"/><polygon points="${head.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ')}" fill="${colour}"/></g>`;
}

const arrowId = ({ kind, from, to }: Arrow): string => escaped(`arrow:${kind}:${from}:${to}`);

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

function inOneSentence({ title, machine, states }: Picture): string {
  const ends = statesIn(states).flatMap(({ shape, name }) => (shape === 'end' ? [name] : []));
  return oneLine(`${title}: the states of a drill of ${machine}; it ends as ${ends.join(', ')}`);
}
