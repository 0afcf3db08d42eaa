import pc from 'picocolors';
import type { Mistake } from './source-text.ts';

const most = 100;

/** Each mistake with its line, a caret under the column, and what was meant. */
export function formatMistakes(mistakes: readonly Mistake[], { colour }: { colour: boolean }): string {
  const colours = pc.createColors(colour);
  const blocks = mistakes.slice(0, most).map((mistake) => block(mistake, colours));
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

function block(mistake: Mistake, colours: ReturnType<typeof pc.createColors>): string {
  const { file, message, expected, details = [], suggestion, sourceLine, caret } = mistake;
  const lines = [`${colours.bold(placeOf(mistake))}  ${colours.red(message)}`];
  if (sourceLine !== undefined && caret !== undefined && !isOption(file)) {
    lines.push(`  ${sourceLine}`, `  ${' '.repeat(widthOf(sourceLine.slice(0, caret)))}${colours.red('^')}`);
  }
  if (expected) lines.push(`  ${colours.dim(`expected ${expected}`)}`);
  lines.push(...details.map((line) => `    ${colours.dim(line)}`));
  if (suggestion) lines.push(`  ${colours.green(`did you mean ${suggestion}?`)}`);
  return lines.join('\n');
}

/** Columns of a terminal: East Asian characters and emoji take two. */
function widthOf(text: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{3fffd}]/u;
  return [...text].reduce((width, character) => width + (wide.test(character) ? 2 : 1), 0);
}
