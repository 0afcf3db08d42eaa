import { codeBlock, plain, table } from '../markdown-text.ts';
import type { Answer } from './answer.ts';
import {
  ENDING_HEADS,
  endingRows,
  FIGURE_HEADS,
  figureRows,
  headOf,
  SIMULATED,
  sentenceOf,
  WAITED_HEADS,
  waitedRows,
} from './rows.ts';

/** What the rehearsals gave, for the summary of a CI job. */
export function rehearsalsMarkdown(answer: Answer, changes: readonly string[], worst: string | undefined): string {
  const part = (title: string, heads: string[], rows: string[][]) =>
    rows.length === 0
      ? []
      : [
          `## ${title}`,
          table(
            heads.map(headOf),
            rows.map((row) => row.map(plain)),
          ),
        ];
  return `${[
    `# ${plain(answer.title)}: ${answer.runs} rehearsals`,
    `**${SIMULATED}**`,
    plain(sentenceOf(answer)),
    ...changes.map(plain),
    ...part('Figures', FIGURE_HEADS, figureRows(answer)),
    ...part('How they ended', ENDING_HEADS, endingRows(answer)),
    ...part('What the recovery waited for', WAITED_HEADS, waitedRows(answer)),
    ...(worst === undefined ? [] : ['The longest recovery in full:', codeBlock(worst)]),
  ].join('\n\n')}\n`;
}
