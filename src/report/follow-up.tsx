import { inWords } from '../duration.ts';
import { dateAndTime } from './instant.ts';
import type { Report } from './report-schema.ts';
import { signOff, signOffWords } from './sign-off.ts';
import { Table } from './table.tsx';

/** How the run stands to those before it, and what is still to be done after them. */
export function Before({ before }: Pick<Report, 'before'>) {
  const { runs, actions, words } = before;
  if (runs.length + actions.length + words.length === 0) return null;
  return (
    <section aria-labelledby="before">
      <h2 id="before">Against the runs before</h2>
      {words.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {runs.length > 0 && (
        <Table
          caption="The last comparable runs, newest first (UTC)."
          rows={runs}
          columns={[
            { title: 'Run', cell: ({ run }) => <code>{run}</code> },
            { title: 'Made', isNumber: true, cell: ({ madeAt }) => dateAndTime(madeAt) },
            { title: 'Outcome', cell: ({ outcome }) => outcome.replaceAll('-', ' ') },
            { title: 'RTO', isNumber: true, cell: ({ rtoMs }) => length(rtoMs) },
            { title: 'RPO', isNumber: true, cell: ({ rpoMs }) => length(rpoMs) },
          ]}
        />
      )}
      {actions.length > 0 && <h3>Still to be done</h3>}
      {actions.length > 0 && (
        <Table
          caption="Open actions from debriefs of earlier runs."
          rows={actions}
          columns={[
            { title: 'Action', cell: ({ action }) => action },
            { title: 'Owner', cell: ({ owner }) => owner },
            { title: 'Due', isNumber: true, cell: ({ due }) => due },
            {
              title: 'From',
              cell: ({ run, id }) => (
                <>
                  <code>{run}</code>, action {id}
                </>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}

const length = (ms: number | null): string => (ms === null ? 'unknown' : inWords(ms));

/** For people to sign on paper. */
export const SignOff = ({ report }: { report: Report }) => (
  <section aria-labelledby="sign-off">
    <h2 id="sign-off">Sign-off</h2>
    <div class="sign-off">
      <Table
        caption={signOffWords(report)}
        rows={signOff(report)}
        columns={[
          { title: 'Role', cell: ({ role }) => role },
          { title: 'Name', cell: ({ name }) => name },
          { title: 'Signature', cell: () => '' },
          { title: 'Date', cell: () => '' },
        ]}
      />
    </div>
  </section>
);
