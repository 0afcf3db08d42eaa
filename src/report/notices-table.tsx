import { timeOfDay } from './instant.ts';
import { deliveryOf } from './notices.ts';
import type { Report } from './report-schema.ts';
import { Table, Went } from './table.tsx';

/** Who was told what. Nothing to show where the topology has no channels. */
export const Notices = ({ notices }: { notices: Report['notices'] }) =>
  notices.length === 0 ? null : (
    <section aria-labelledby="notices">
      <h2 id="notices">Notices</h2>
      <Table
        caption="In the order of the journal, times in UTC."
        rows={notices}
        columns={[
          { title: 'Message', cell: ({ says }) => says },
          { title: 'At', isNumber: true, cell: ({ atMs }) => timeOfDay(atMs) },
          { title: 'Channel', cell: ({ channel, via }) => `${channel}, ${via}` },
          { title: 'About', cell: ({ about }) => about.replaceAll('-', ' ') },
          {
            title: 'Delivery',
            cell: (one) =>
              one.state === 'not sent' ? deliveryOf(one) : <Went ok={one.state === 'sent'}>{deliveryOf(one)}</Went>,
          },
        ]}
      />
    </section>
  );
