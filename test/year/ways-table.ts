import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Outcome } from '../../src/journal/events.ts';

export const PAGE = 'docs/src/content/docs/reference/ways-to-fail.md';

const HEAD = `---
title: Ways to fail
---

Each drill's own ways to go wrong, and how it ends then. Every row is a rehearsal of the drill as it ships, with seed 1 and the settings named, and was written by the tests that
made it (\`npm run ways-to-fail\`); \`npm test\` fails where a run gives anything else. To see one yourself: \`npx dr-drill run drills/<drill>.yaml --set <setting>\`.

A heading with *on* names another platform: add \`--set topology=test/platforms/<platform>.yaml\`.

*failed* is held for a person to decide, with what was done still in place; *rolled back* is as before. The exit codes are [listed here](exit-codes.md).
`;

const COLUMNS = '| what goes wrong | settings | ends as | exit code | reason |\n|---|---|---|---|---|';

/** What a rehearsal came to. */
export interface Observed {
  fault: string;
  set: readonly string[];
  end: Outcome;
  exitCode: number;
  reason: string;
}

export const rowOf = ({ fault, set, end, exitCode, reason }: Observed): string => {
  const settings = set.map((one) => `\`${one.replaceAll('|', '\\|')}\``).join('<br>');
  return `| ${plain(fault)} | ${settings} | ${end.replace('-', ' ')} | ${exitCode} | ${plain(reason)} |`;
};

/** Text that Markdown shows as it stands, on one line of a table. */
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/[\\|*_<`[\]]/g, '\\$&');

/** The rows of the page by drill. */
export function rowsByDrill(): Map<string, string[]> {
  const rows = new Map<string, string[]>();
  for (const section of existsSync(PAGE) ? readFileSync(PAGE, 'utf8').split(/^## /m).slice(1) : []) {
    const [drill = '', ...lines] = section.trimEnd().split('\n');
    rows.set(drill, lines.filter((line) => line.startsWith('| ')).slice(1));
  }
  return rows;
}

/** Puts the rows of a drill, or of one on another platform, in the place of those that stand there, or writes its section again; a drill that is gone has none. */
export function writeRows(section: string, rows: string[], drills: readonly string[]): void {
  const all = rowsByDrill().set(section, rows);
  const sections = [...all.keys()]
    .filter((one) => drills.includes(one.split(' on ')[0] ?? ''))
    .sort()
    .map((one) => `\n## ${one}\n\n${[COLUMNS, ...(all.get(one) ?? [])].join('\n')}\n`);
  writeFileSync(PAGE, HEAD + sections.join(''));
}
