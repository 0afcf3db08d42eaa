import { inWords } from '../../duration.ts';
import { dateAndTime } from '../instant.ts';
import type { Report } from '../report-schema.ts';
import { signOff, signOffWords } from '../sign-off.ts';
import type { Sheet } from './sheet.ts';
import { table } from './table.ts';

/** How the run stands to those before it, and what is still to be done after them. */
export function before(sheet: Sheet, { before: { runs, actions, words } }: Report): void {
  if (runs.length + actions.length + words.length === 0) return;
  sheet.section('Against the runs before');
  for (const sentence of words) sheet.paragraph(sentence);
  const length = (ms: number | null) => (ms === null ? 'unknown' : inWords(ms));
  if (runs.length > 0)
    table(
      sheet,
      [
        { title: 'Run', share: 40, cell: ({ run }) => run },
        { title: 'Made (UTC)', share: 20, cell: ({ madeAt }) => dateAndTime(madeAt) },
        { title: 'Outcome', share: 16, cell: ({ outcome }) => outcome.replaceAll('-', ' ') },
        { title: 'RTO', share: 12, cell: ({ rtoMs }) => length(rtoMs) },
        { title: 'RPO', share: 12, cell: ({ rpoMs }) => length(rpoMs) },
      ],
      runs,
    );
  if (actions.length === 0) return;
  sheet.section('Still to be done');
  table(
    sheet,
    [
      { title: 'Action', share: 38, cell: ({ action }) => action },
      { title: 'Owner', share: 18, cell: ({ owner }) => owner },
      { title: 'Due', share: 11, cell: ({ due }) => due },
      { title: 'From', share: 33, cell: ({ run, id }) => `${run}, action ${id}` },
    ],
    actions,
  );
}

/** For people to sign on paper. */
export function signOffBlock(sheet: Sheet, report: Report): void {
  const lines = signOff(report);
  // The one who signs does so on one page.
  sheet.section('Sign-off', 60 + 40 * lines.length);
  sheet.paragraph(signOffWords(report));
  table(
    sheet,
    [
      // A line of air above, for a pen.
      { title: 'Role', share: 22, cell: ({ role }) => `\n${role}` },
      { title: 'Name', share: 30, cell: ({ name }) => `\n${name}` },
      { title: 'Signature', share: 32, cell: () => '' },
      { title: 'Date', share: 16, cell: () => '' },
    ],
    lines,
  );
}
