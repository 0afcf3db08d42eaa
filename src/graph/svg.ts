import { colours } from './colours.ts';
import { toDot } from './dot.ts';
import { escaped, ROOM } from './dot-label.ts';
import { oneLine } from './in-words.ts';
import { type Picture, statesIn } from './picture.ts';

const MARGIN = 20;
const HEADING = 52;

/** One SVG, for light and dark, that needs nothing else. Graphviz is loaded only here. */
export async function toSvg(picture: Picture): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const drawn = (await instance()).renderString(toDot(picture), { format: 'svg' });
  const [, drawnWidth = '', drawnHeight = ''] = drawn.match(/viewBox="\S+ \S+ (\S+) (\S+)"/) ?? [];
  const body = drawn
    .slice(drawn.indexOf('<g id="graph0"'), drawn.lastIndexOf('</svg>'))
    .replace(/<!--.*?-->\n?/gs, '')
    // What Graphviz calls an element would show as its tooltip.
    .replace(/<title>.*?<\/title>\n?/gs, '')
    .replaceAll(' xml:space="preserve"', '')
    .replaceAll(' font-family="Arial"', '')
    .replace(/ font-size="([\d.]+)"/g, (_, size) => ` font-size="${Math.round((Number(size) / ROOM) * 10) / 10}"`);
  const title = oneLine(picture.title);
  const width = Math.ceil(Math.max(Number(drawnWidth), widthOf(title, 17)) + 2 * MARGIN);
  const height = Math.ceil(Number(drawnHeight) + 2 * MARGIN + HEADING);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" class="drill-states" role="img" aria-label="${escaped(inOneSentence(picture))}">
<title>${escaped(title)}</title>
<style>${pictureStyle}</style>
<rect width="${width}" height="${height}" rx="14" fill="${colours.paper.light}"/>
<g font-family="Arial,Helvetica,'Liberation Sans',Arimo,sans-serif">
<text x="${MARGIN}" y="36" font-size="17" font-weight="bold" fill="${colours.ink.light}">${escaped(title)}</text>
<text x="${MARGIN}" y="56" font-size="12" fill="${colours.quiet.light}">${escaped(`State machine ${picture.machine}. A dashed arrow that leaves a box holds for all that is in it.`)}</text>
<g transform="translate(${(width - Number(drawnWidth)) / 2} ${MARGIN + HEADING})">
${body.trim()}
</g>
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

function inOneSentence({ title, machine, states }: Picture): string {
  const ends = statesIn(states).flatMap(({ shape, name }) => (shape === 'end' ? [name] : []));
  return oneLine(`${title}: the states of a drill of ${machine}; it ends as ${ends.join(', ')}`);
}

/** Chinese and its like are as wide as they are high. */
const widthOf = (text: string, size: number): number =>
  [...text].reduce((sum, letter) => sum + (letter >= '\u2e80' ? size : size * 0.6), 0);
