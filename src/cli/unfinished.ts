import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { lastEntries } from '../journal/last-entries.ts';
import { JOURNAL } from './write-reports.ts';

/** Fails with `run-unfinished` where an earlier live run on this topology has not come to an end: what it changed stands. */
export function mustHaveEnded(runs: string, { topology }: LoadedDrill): void {
  for (const name of foldersIn(runs)) {
    const folder = join(runs, name);
    const ends = lastEntries(join(folder, JOURNAL));
    const isOpen = ends?.header.mode === 'live' && ends.last.type !== 'run-ended';
    if (!isOpen || ends.header.topology.topology !== topology.topology) continue;
    throw new DrillError(
      'run-unfinished',
      `An earlier live run has not ended: ${folder} (${ends.header.drill.drill}).`,
      {
        hint: `Take it up again: dr-drill resume ${folder}. Or end it: dr-drill abort ${folder}, and then resume.`,
      },
    );
  }
}

function foldersIn(runs: string): string[] {
  if (!statSync(runs, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(runs, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
