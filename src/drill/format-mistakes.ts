import pc from 'picocolors';
import { columnsOf, type Screen } from '../layout.ts';
import type { Mistake } from './source-text.ts';

const most = 100;

/** Each mistake with its line, a caret under the column, and what was meant. */
export function formatMistakes(mistakes: readonly Mistake[], { colour, width }: Screen): string {
  const colours = pc.createColors(colour);
  const blocks = mistakes.slice(0, most).map((mistake) => block(mistake, colours, width));
  if (mistakes.length > most) blocks.push(`and ${mistakes.length - most} more`);
  return `${blocks.join('\n\n')}\n`;
}

/** `file:line:column`, or the option for a mistake on the command line. */
export function placeOf({ file, line, column }: Mistake): string {
  return isOption(file) ? file : `${file}:${line}:${column}`;
}

function isOption(file: string): boolean {
  return file.startsWith('--set ');
}

function block(mistake: Mistake, colours: ReturnType<typeof pc.createColors>, width: number | undefined): string {
  const { file, message, expected, details = [], suggestion, sourceLine, caret } = mistake;
  const lines = [`${colours.bold(placeOf(mistake))}  ${colours.red(message)}`];
  if (sourceLine !== undefined && caret !== undefined && !isOption(file)) {
    const seen = windowOn(sourceLine, caret, (width ?? Number.POSITIVE_INFINITY) - 2);
    lines.push(`  ${seen.text}`, `  ${' '.repeat(seen.column)}${colours.red('^')}`);
  }
  if (expected) lines.push(`  ${colours.dim(`expected ${expected}`)}`);
  lines.push(...details.map((line) => `    ${colours.dim(line)}`));
  if (suggestion) lines.push(`  ${colours.green(`did you mean ${suggestion}?`)}`);
  return lines.join('\n');
}

/** As many words of a line around a place in it as there is room for. */
function windowOn(line: string, caret: number, width: number): { text: string; column: number } {
  if (columnsOf(line) <= width) return { text: line, column: columnsOf(line.slice(0, caret)) };
  const words = [...line.matchAll(/\S+/g)].map(({ 0: word, index }) => ({ from: index, to: index + word.length }));
  const here = Math.max(
    0,
    words.findLastIndex(({ from }) => from <= caret),
  );
  const fromOf = (nth: number) => (nth === 0 ? 0 : (words[nth]?.from ?? 0));
  let first = here;
  while (first > 0 && columnsOf(line.slice(fromOf(first - 1), fromOf(here))) <= width / 2 - 2) first -= 1;
  const before = first > 0 ? '… ' : '';
  const upTo = (nth: number) =>
    `${before}${line.slice(fromOf(first), words[nth]?.to)}${nth < words.length - 1 ? ' …' : ''}`;
  let last = here;
  while (last < words.length - 1 && columnsOf(upTo(last + 1)) <= width) last += 1;
  return { text: upTo(last), column: columnsOf(`${before}${line.slice(fromOf(first), caret)}`) };
}
