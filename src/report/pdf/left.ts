import { leftIntroduction, leftRows } from '../left.ts';
import type { Report } from '../report-schema.ts';
import type { Sheet } from './sheet.ts';
import { table } from './table.ts';

/** What infrastructure as code does not know yet; nothing to show where it knows all. */
export function leftForPlans(sheet: Sheet, report: Report): void {
  if (report.left.length === 0) return;
  sheet.section('Infrastructure as code');
  sheet.paragraph(leftIntroduction(report));
  table(
    sheet,
    [
      { title: 'Resource', share: 30, cell: ({ resource }) => resource },
      { title: 'Now', share: 24, cell: ({ now }) => now },
      { title: 'A plan', share: 28, cell: ({ means }) => means },
      { title: 'Steps', share: 18, cell: ({ steps }) => steps },
    ],
    leftRows(report),
  );
}
