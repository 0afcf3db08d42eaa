import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { realClock } from '../clock/real-clock.ts';
import { surpriseOf } from '../drill/candidates.ts';
import type { Drill } from '../drill/drill.ts';
import { BEFORE, type Files } from '../evidence/manifest.ts';
import { lastRecords } from '../history/index-file.ts';
import { drawOnRecord } from '../journal/draw.ts';
import { readJournal } from '../journal/journal.ts';
import { lastEntries } from '../journal/last-entries.ts';
import { mostBytes, readBytes } from '../read-file.ts';
import type { Before } from '../report/before.ts';
import { actionsIn, debriefsIn, unreadableDebriefs } from './debriefs.ts';
import { writeWhole } from './write-reports.ts';

/** With so many runs before it one is compared. */
const COMPARED = 5;

/** What was noted as the run began. */
export function notedBefore(folder: string): Files {
  const path = join(folder, BEFORE);
  return new Map(existsSync(path) ? [[BEFORE, readBytes(path, mostBytes.record)]] : []);
}

/** Notes beside the journal of a run that begins what it does not tell: the real date of a dry run, and what the runs before left; no file, where that is nothing. */
export function noteBefore(journalPath: string): void {
  const folder = dirname(journalPath);
  const header = lastEntries(journalPath)?.header;
  if (!header) return;
  const { drill, mode, elsewhere } = header;
  const runs = dirname(folder);
  const rehearsal = mode === 'dry-run' || elsewhere !== undefined;
  const drawn = drawnIn(journalPath, drill);
  const records = lastRecords(runs, { drill: drill.drill, mode, rehearsal, ...(drawn && { drawn }) }, COMPARED);
  const isOfDrill = (run: string) => run !== basename(folder) && ofDrill(run) === drill.drill;
  const open = [...actionsIn(runs, isOfDrill)].flatMap(([run, actions]) =>
    actions.flatMap(({ isClosed, id, action, owner, due, about }) =>
      isClosed ? [] : [{ run, id, action, owner, due, ...(about !== undefined && { about }) }],
    ),
  );
  const debriefs = debriefsIn(runs, isOfDrill);
  const unreadable = unreadableDebriefs(runs, isOfDrill);
  if (mode === 'live' && records.length === 0 && debriefs.length === 0) return;
  const before: Before = {
    format: 1,
    ...(mode === 'dry-run' && { rehearsedAt: new Date(realClock().wallMs()).toISOString() }),
    runs: records.map(({ run, journal, madeAt, outcome, rtoMs, rpoMs }) => ({
      run,
      journal,
      madeAt,
      outcome,
      rtoMs,
      rpoMs,
    })),
    actions: open,
    debriefs,
    unreadable,
  };
  writeWhole(join(folder, BEFORE), `${JSON.stringify(before, null, 2)}\n`);
}

/** What a surprise turned out to be. */
function drawnIn(journalPath: string, drill: Drill): string | undefined {
  if (!surpriseOf(drill)) return undefined;
  const revealed = drawOnRecord(readJournal(journalPath).entries)?.revealed;
  return revealed?.begins ? revealed.drill : undefined;
}

/** A run folder is named by the time and the drill; the second of one moment has a number behind. */
const ofDrill = (run: string): string => run.replace(/^[\dTZ-]{20}-/, '').replace(/-\d+$/, '');
