/** A page of the reference, which says by which command it is made. */
export const page = (title: string, lead: string, ...blocks: string[]): string =>
  `---\ntitle: ${title}\n---\n\n<!-- Made from the code by \`npm run reference\`. -->\n\n${[lead, ...blocks].join('\n\n')}\n`;

/** A table in Markdown. */
export const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

/** Text of a cell: on one line, and with no end of the cell in it. */
const cell = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

export const code = (text: string): string => `\`${text}\``;

/** Text from the code, in which `<name>` is no tag. */
export const prose = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('{', '\\{'),
    )
    .join('');

/** The name of a kind of component, which leads to its page. */
export const kindLink = (kind: string): string => `[${kind}](../components/${kind}.md)`;
