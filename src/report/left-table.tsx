import { leftIntroduction, leftRows } from './left.ts';
import type { Report } from './report-schema.ts';
import { Table } from './table.tsx';

/** What infrastructure as code does not know yet; nothing to show where it knows all. */
export const LeftForPlans = ({ report }: { report: Report }) =>
  report.left.length === 0 ? null : (
    <section aria-labelledby="left">
      <h2 id="left">Infrastructure as code</h2>
      <p>{leftIntroduction(report)}</p>
      <Table
        caption="What a plan would do that does not know of it."
        rows={leftRows(report)}
        columns={[
          { title: 'Resource', cell: ({ resource }) => <code>{resource}</code> },
          { title: 'Now', cell: ({ now }) => now },
          { title: 'A plan', cell: ({ means }) => means },
          { title: 'Steps', cell: ({ steps }) => steps },
        ]}
      />
    </section>
  );
