import { stripVTControlCharacters } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';
import { programs, type Quote, quotesIn } from './shell-text.ts';

/** Prose is easier to read in lines that are not longer, however wide the terminal is. */
export const PROSE_COLUMNS = 110;

export interface Screen {
  colour: boolean;
  /** Columns of the terminal; nothing is broken where there is no terminal. */
  width?: number | undefined;
}

interface Looks {
  /** Stands before the text; further lines begin below the text, not below this. */
  first: string;
  paintFirst?: (first: string) => string;
  paint?: (line: string) => string;
  width?: number | undefined;
}

/** Columns that a text takes on a terminal. East Asian characters and emoji take two, colours and combining marks none. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of stripVTControlCharacters(text))
    if (!NO_COLUMN.test(character)) columns += eastAsianWidth(character.codePointAt(0) as number);
  return columns;
}

const NO_COLUMN = /[\p{M}\p{Cf}\p{Cc}]/u;

/** The text with spaces behind it, up to so many columns. */
export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)));

/** Breaks prose into lines that stay within the width. */
export function paragraph(
  text: string,
  { first, paintFirst = String, paint = String, width = Number.POSITIVE_INFINITY }: Looks,
): string[] {
  const hang = columnsOf(first);
  const lines = broken(`${' '.repeat(hang)}${text}`, Math.min(width, PROSE_COLUMNS), { hang });
  return lines.map((line, index) =>
    index === 0 ? `${paintFirst(first)}${paint(line.slice(hang))}` : `${' '.repeat(hang)}${paint(line.slice(hang))}`,
  );
}

/** Breaks a command between its words, so that it can still be copied: with `\` at the end of a line. */
export function command(
  text: string,
  { first, paintFirst = String, paint = String, width = Number.POSITIVE_INFINITY }: Looks,
): string[] {
  const quotes = quotesIn(text);
  let at = 0;
  return text.split('\n').flatMap((line, nth) => {
    const isQuoted = ['single', 'double'].includes(quotes[at - 1] ?? 'none');
    const indent = isQuoted ? 0 : columnsOf(first);
    const inCommand = { at: indent, quotes: quotes.slice(at, at + line.length) };
    at += line.length + 1;
    const lines = broken(`${' '.repeat(indent)}${line}`, width, { hang: columnsOf(first) + 2, inCommand });
    return lines.map((one, index) =>
      nth === 0 && index === 0 ? `${paintFirst(first)}${paint(one.slice(indent))}` : paint(one),
    );
  });
}

/** Lines of a text, none broken within a word, and each further one below where the text of the first begins. */
export function laidOut(text: string, width = Number.POSITIVE_INFINITY): string {
  if (!Number.isFinite(width)) return text;
  return text
    .split('\n')
    .flatMap((line) => (columnsOf(line) <= width ? [line] : ownLines(line, width)))
    .join('\n');
}

function ownLines(line: string, width: number): string[] {
  const plain = stripVTControlCharacters(line);
  const found = COMMAND.exec(plain);
  const commandAt = found === null ? -1 : found.index + found[0].length;
  if (found !== null && /\S/.test(plain.slice(0, commandAt)) && /[:>] $/.test(found[0])) {
    const [before, behind] = cutAt(line, commandAt);
    const indent = ' '.repeat(hangOf(plain.slice(0, commandAt), width));
    return [...laidOut(before.trimEnd(), width).split('\n'), ...command(behind, { first: `${indent}  `, width })];
  }
  const hang = hangOf(plain, width);
  if (commandAt < 0) return broken(line, width, { hang });
  return broken(line, width, {
    hang: hang + 2,
    inCommand: { at: commandAt, quotes: quotesIn(plain.slice(commandAt)) },
  });
}

/** What stands before a command that goes on to the end of a line. */
const COMMAND = new RegExp(
  `(?:^ *(?:\\$ )?|(?: {2,}|: |> ))(?=(?:npx |dr-drill |(?:${[...programs].join('|').replaceAll('.', '\\.')}) ))|[Bb]y hand: `,
);

/** A line in two, at this letter of what is seen of it. */
function cutAt(line: string, at: number): [string, string] {
  let seen = 0;
  let index = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  for (const [part] of line.matchAll(/\u001B\[[\d;]*m|[\s\S]/g)) {
    if (seen === at && part.length === 1) break;
    if (part.length === 1) seen += 1;
    index += part.length;
  }
  return [line.slice(0, index), line.slice(index)];
}

/** Where further lines begin: below the last column that begins in the left half, and behind its mark. */
function hangOf(plain: string, width: number): number {
  let hang = /^ */.exec(plain)?.[0].length ?? 0;
  for (const gap of plain.matchAll(/(?<=\S) {2,}(?=\S)/g)) {
    const column = columnsOf(plain.slice(0, gap.index)) + gap[0].length;
    if (column <= width / 2) hang = column;
  }
  return /^[^\w\s] \S/u.test(plain.slice(hang)) ? hang + 2 : hang;
}

/** Where in a line a command begins, and by which quotes each of its letters is surrounded. */
interface InCommand {
  at: number;
  quotes: readonly Quote[];
}

interface Chunk {
  gap: string;
  text: string;
  /** How a line ends before this. */
  ends: 'prose' | 'command' | 'quoted' | 'comment';
}

/** Fills lines with words. A word that is longer than a line is left whole. */
export function broken(
  line: string,
  width: number,
  { hang = 0, inCommand }: { hang?: number; inCommand?: InCommand } = {},
): string[] {
  if (columnsOf(line) <= width) return [line];
  const lines: string[] = [];
  const chunks = chunksOf(line, inCommand);
  let text = '';
  let isEmpty = true;
  for (const [index, { gap, text: word, ends }] of chunks.entries()) {
    const next = chunks[index + 1]?.ends;
    const reserved = next === 'command' ? 2 : next === 'quoted' ? 1 + (chunks[index + 1]?.gap.length ?? 0) : 0;
    if (isEmpty || columnsOf(text) + columnsOf(gap) + columnsOf(word) + reserved <= width) {
      text += `${gap}${word}`;
      isEmpty = false;
      continue;
    }
    if (ends === 'quoted') {
      lines.push(`${text}${gap}\\`);
      text = word;
    } else {
      lines.push(ends === 'command' ? `${text} \\` : text);
      text = `${ends === 'comment' ? `${' '.repeat(inCommand?.at ?? 0)}# ` : ' '.repeat(hang)}${word}`;
    }
  }
  return [...lines, text];
}

/** The parts of a line that stay whole: words, a figure with its unit, a blank to fill in, and in a command what single quotes surround. */
function chunksOf(line: string, inCommand: InCommand | undefined): Chunk[] {
  const chunks: Chunk[] = [];
  let at = 0;
  let gap = '';
  for (const [index, part] of line.split(/( +)/).entries()) {
    if (index % 2 === 1) gap = part;
    else {
      const gapAt = at - gap.length - (inCommand?.at ?? 0);
      const quote = gapAt < 0 ? undefined : inCommand?.quotes[gapAt];
      const last = chunks.at(-1);
      const ends =
        quote === undefined ? 'prose' : quote === 'double' ? 'quoted' : quote === 'comment' ? 'comment' : 'command';
      const isWhole =
        quote === 'single' ||
        isBlank(last?.text ?? '') ||
        isFigure(last?.text ?? '', part) ||
        (inCommand !== undefined && gapAt < 0);
      if (last !== undefined && (isWhole || /^ *$/.test(stripVTControlCharacters(last.text)))) last.text += gap + part;
      else chunks.push({ gap, text: part, ends });
      gap = '';
    }
    at += stripVTControlCharacters(part).length;
  }
  return chunks;
}

/** What a person fills in, as `<name of the file>`, goes on. */
const isBlank = (before: string): boolean => /<[a-z][\w /-]*$/.test(before);

const isFigure = (before: string, after: string): boolean =>
  /\d$/.test(stripVTControlCharacters(before)) &&
  /^(ms|s|min|h|days?|%|[KMG]i?B)\b/.test(stripVTControlCharacters(after));
