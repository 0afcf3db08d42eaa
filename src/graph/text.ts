import { oneLine } from './in-words.ts';

/** Widths are those of Arial. Where it is missing, a browser takes a wider font: so much room is left for it. */
const ROOM = 7 / 6;
const BOLD = 1.08;

/** How wide a text is, in pixels; rather too wide than too narrow. */
export function widthOf(text: string, size: number, isBold = false): number {
  const ems = [...text].reduce((sum, letter) => sum + emOf(letter), 0);
  return ems * size * ROOM * (isBold ? BOLD : 1);
}

function emOf(letter: string): number {
  if (letter >= '\u2e80') return 1;
  if ("ijl.,:;'|!".includes(letter)) return 0.26;
  if ('frtI()[]/" -'.includes(letter)) return 0.34;
  if ('mwMW@%→'.includes(letter)) return 0.87;
  return letter >= 'A' && letter <= 'Z' ? 0.69 : 0.56;
}

/** Text in lines of at most this width. A unit stays with its number; a word that is too long is broken, after a hyphen if it has one. */
export function wrapped(text: string, width: number, size: number, isBold = false): string[] {
  const fits = (line: string) => widthOf(line, size, isBold) <= width;
  const words = oneLine(text).split(/ (?!(?:ms|s|min|h)\b)/);
  const lines: string[] = [];
  let line = '';
  const add = (piece: string, gap: string) => {
    if (line !== '' && !fits(line + gap + piece)) {
      lines.push(line);
      line = piece;
    } else line += (line === '' ? '' : gap) + piece;
  };
  for (const word of words) {
    const [first = '', ...others] = fits(word) ? [word] : piecesOf(word);
    add(first, ' ');
    for (const piece of others) add(piece, '');
  }
  return [...lines, line];
}

const piecesOf = (word: string): string[] =>
  [...word.matchAll(/[^-/.:]*[-/.:]+|[^-/.:]+/g)].flatMap(([piece]) => (piece.length > 20 ? [...piece] : [piece]));

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that means itself in XML. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);
