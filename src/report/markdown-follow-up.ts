import { inWords } from '../duration.ts';
import { code, plain, table } from '../markdown-text.ts';
import { dateAndTime } from './instant.ts';
import type { Report } from './report-schema.ts';
import { signOff, signOffColumns, signOffWords } from './sign-off.ts';

/** How the run stands to those before it, and what is still to be done after them. */
export function beforeLines({ before: { runs, actions, words } }: Report): string[] {
  if (runs.length + actions.length + words.length === 0) return [];
  const length = (ms: number | null) => (ms === null ? 'unknown' : inWords(ms));
  return [
    '## Against the runs before',
    ...words.map(plain),
    ...(runs.length === 0
      ? []
      : [
          table(
            ['run', 'made (UTC)', 'outcome', 'RTO', 'RPO'],
            runs.map(({ run, madeAt, outcome, rtoMs, rpoMs }) => [
              code(run),
              dateAndTime(madeAt),
              outcome.replaceAll('-', ' '),
              length(rtoMs),
              length(rpoMs),
            ]),
          ),
        ]),
    ...(actions.length === 0
      ? []
      : [
          '### Still to be done',
          table(
            ['action', 'owner', 'due', 'from'],
            actions.map(({ action, owner, due, run, id }) => [
              plain(action),
              plain(owner),
              due,
              `${code(run)}, action ${id}`,
            ]),
          ),
        ]),
  ];
}

/** For people to sign. */
export const signOffLines = (report: Report): string[] => [
  '## Sign-off',
  plain(signOffWords(report)),
  table(
    [...signOffColumns],
    signOff(report).map(({ role, name }) => [plain(role), plain(name), '', '']),
  ),
];
