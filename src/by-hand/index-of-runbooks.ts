import { inWords } from '../duration.ts';
import { code, plain, table } from '../markdown-text.ts';
import type { RunbookByHand } from './runbook.ts';

/** One drill of the index: where its runbook is, or why it has none of its own. */
export type Indexed = { drillFile: string } & (
  | { file: string; runbook: RunbookByHand }
  /** A surprise: which drills it is drawn from. */
  | { title: string; of: string[] }
);

/** The index of all runbooks as Markdown: which drill makes which, and which others its file links to. */
export function indexOf(all: readonly Indexed[], templateFile: string): string {
  const made = all.filter((one) => 'runbook' in one);
  const drawn = all.filter((one) => 'of' in one);
  const links = [...new Set(made.flatMap(({ runbook }) => runbook.links))].sort();
  return `${[
    '# Runbooks',
    'Each runbook says what people do by hand if dr-drill is gone. It is made from its drill file: change the drill file, and write the runbooks again.',
    made.length === 0
      ? 'No drill makes one yet.'
      : table(
          ['Runbook', 'When to use it', 'Who decides', 'RTO', 'RPO', 'Drill file'],
          made.map(({ file, drillFile, runbook: { title, when, decides, targets } }) => [
            `[${plain(title)}](${encodeURI(file)})`,
            plain(when),
            decides.map(plain).join(' '),
            limit(targets.rtoMs),
            limit(targets.rpoMs),
            code(drillFile),
          ]),
        ),
    ...(drawn.length === 0 ? [] : [['## Surprises', ...drawn.map(surprise)].join('\n\n')]),
    '## Other runbooks that drills link to',
    links.length === 0
      ? 'No drill file has a link to one in `runbook:`.'
      : table(
          ['Runbook', 'Tested by'],
          links.map((link) => [
            plain(link),
            made.flatMap(({ runbook }) => (runbook.links.includes(link) ? [code(runbook.drill)] : [])).join(', '),
          ]),
        ),
    '## A new one',
    `For what no drill does yet, begin with [the template](${encodeURI(templateFile)}). Then link to it from the drill that tests it: ${code('runbook: [<link>]')}.`,
  ].join('\n\n')}\n`;
}

const surprise = ({ title, drillFile, of }: Extract<Indexed, { of: string[] }>): string =>
  `${plain(title)} (${code(drillFile)}) is one of: ${of.map(code).join(', ')}.`;

const limit = (ms: number | null): string => (ms === null ? 'none' : inWords(ms));
