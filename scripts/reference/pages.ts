import { commandsPage } from './commands.ts';
import { drillsPage } from './drills.ts';
import { environmentPage } from './environment.ts';
import { exitCodesPage } from './exit-codes.ts';
import { drillFilePage, reportFieldsPage, scheduleFilePage, topologyFilePage } from './files.ts';
import { journalEventsPage } from './journal-events.ts';
import { kindsPage } from './kinds.ts';
import { stepsPage } from './steps.ts';

export const REFERENCE = 'docs/src/content/docs/reference';

/** The pages of the reference that are made from the code, by file name. */
export const referencePages = (): Record<string, string> => ({
  'commands.md': commandsPage(),
  'drill-file.md': drillFilePage(),
  'drills.md': drillsPage(),
  'environment.md': environmentPage(),
  'exit-codes.md': exitCodesPage(),
  'journal-events.md': journalEventsPage(),
  'kinds.md': kindsPage(),
  'report-fields.md': reportFieldsPage(),
  'schedule-file.md': scheduleFilePage(),
  'steps.md': stepsPage(),
  'topology-file.md': topologyFilePage(),
});
