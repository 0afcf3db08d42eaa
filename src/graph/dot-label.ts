import type { HTMLString } from '@viz-js/viz';
import { colours } from './colours.ts';
import { oneLine } from './in-words.ts';

export interface Line {
  text: string;
  bold?: boolean;
  colour?: keyof typeof colours;
  size?: number;
}

/** Graphviz reckons with the widths of Arial. Where that is not there, a browser takes a wider font: so much room is left for it. */
export const ROOM = 7 / 6;

/** A label of Graphviz: one row of a table for each line, as its line breaks leave no air between lines. */
export const label = (lines: readonly Line[], { align = 'center', padding = 1 } = {}): HTMLString => ({
  html: `<table border="0" cellborder="0" cellspacing="0" cellpadding="${padding}">${lines
    .map((line) => `<tr><td align="${align}">${styled(line)}</td></tr>`)
    .join('')}</table>`,
});

function styled({ text, bold, colour = 'ink', size = 12 }: Line): string {
  const words = escaped(oneLine(text)) || ' ';
  return `<font color="${colours[colour].light}" point-size="${size * ROOM}">${bold ? `<b>${words}</b>` : words}</font>`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that means itself in HTML labels and in XML. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);
