import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordOf } from '../../src/history/record.ts';
import { here, newFolder } from '../cli/command.ts';
import { reportFor } from '../report/runs.ts';

/** The page of the shipped schedule on a day, with a drill that is done, and a debrief and an action that are overdue. */
export async function calendarOf(day: string): Promise<string> {
  const runs = newFolder();
  for (const [drill, rehearsal] of [['snapshot-restore', true] as const, ['tabletop', false] as const]) {
    const run = `2026-12-01T09-30-00Z-${drill}`;
    mkdirSync(join(runs, run));
    const record = { ...recordOf(run, reportFor('passed')), drill, rehearsal };
    writeFileSync(join(runs, 'index.jsonl'), `${JSON.stringify(record)}\n`, { flag: 'a' });
  }
  const html = join(runs, 'calendar.html');
  await here(['calendar', 'drills/schedules/ecommerce-platform.yaml', '--runs', runs, '--at', day, '--html', html]);
  return readFileSync(html, 'utf8');
}
