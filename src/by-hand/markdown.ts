import { code, codeBlock, plain, table } from '../markdown-text.ts';
import type { Block } from './document.ts';

/** A runbook as Markdown. */
export const toMarkdown = (title: string, blocks: readonly Block[]): string =>
  `${[`# ${plain(title)}`, ...blocks.map(markdownOf)].filter((part) => part !== '').join('\n\n')}\n`;

function markdownOf(block: Block): string {
  if ('heading' in block) return `## ${plain(block.heading)}`;
  if ('subheading' in block) return `### ${plain(block.subheading)}`;
  if ('tick' in block) return `#### ☐ ${plain(block.tick)} (${code(block.name)})\n\nTime: ________  Initials: ________`;
  if ('text' in block) return block.strong ? `**${plain(block.text)}**` : plain(block.text);
  if ('list' in block) return block.list.map((one) => `- ${plain(one)}`).join('\n');
  if ('boxes' in block) return block.boxes.map((one) => `- [ ] ${plain(one)}`).join('\n');
  if ('facts' in block)
    return table(
      ['', ''],
      block.facts.map(([name, value]) => [plain(name), plain(value)]),
    );
  if ('code' in block) return codeBlock(block.code);
  return table(
    block.head.map(plain),
    block.rows.map((row) => row.map(plain)),
  );
}
