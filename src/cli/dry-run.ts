import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import { fileJournal } from '../journal/journal.ts';
import { type LeadOptions, type Led, lead } from './lead.ts';
import { rehearse } from './rehearse.ts';
import { makeRunFolder } from './run-folder.ts';
import type { Terminal } from './terminal.ts';

export interface RunCommandOptions extends LeadOptions {
  set: string[];
  runs: string;
  seed?: number;
  speed?: number;
  live?: boolean;
  readOnly?: boolean;
  confirm?: string;
}

/** Runs a drill against a simulated account, and reports it. */
export function dryRun(loaded: LoadedDrill, options: RunCommandOptions, terminal: Terminal): Promise<Led> {
  const { set: overrides, seed, speed } = options;
  const journalPath = join(makeRunFolder(options.runs, loaded.drill.drill, realClock().wallMs()), JOURNAL);
  // A dry run changes nothing that could not be done again, so it need not wait for the disk.
  const openJournal = (clock: Clock) => fileJournal(journalPath, clock, { sync: false });
  return lead(
    {
      drill: loaded.drill,
      journalPath,
      where: `dry run in simulated AWS, seed ${seed ?? loaded.drill.simulation.seed}`,
      watchable: speed !== undefined,
      work: (leading) => rehearse({ ...loaded, ...leading, overrides, seed, speed, openJournal }),
    },
    options,
    terminal,
  );
}
