import { answerOf, throughWhat, waitedFor } from './approval-words.ts';
import { timeOfDay } from './instant.ts';
import type { Report } from './report-schema.ts';
import { Table, Went } from './table.tsx';

/** Who decided what, and how long the run waited for it. Nothing to show where nobody was asked. */
export const Approvals = ({ approvals }: { approvals: Report['approvals'] }) =>
  approvals.length === 0 ? null : (
    <section aria-labelledby="approvals">
      <h2 id="approvals">Approvals</h2>
      <Table
        caption="In the order of the answers, times in UTC."
        rows={approvals}
        columns={[
          { title: 'Who', cell: ({ by, role }) => (role === null ? by : `${by}, ${role}`) },
          { title: 'Answer', cell: (one) => <Went ok={one.approves}>{answerOf(one)}</Went> },
          { title: 'Asked', cell: ({ question }) => question },
          { title: 'At', isNumber: true, cell: ({ atMs }) => timeOfDay(atMs) },
          { title: 'Waited', isNumber: true, cell: waitedFor },
          { title: 'Through', cell: throughWhat },
        ]}
      />
    </section>
  );
