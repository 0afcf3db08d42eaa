import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunState } from '../../src/board/run-state.ts';
import { narrator } from '../../src/cli/narrate.ts';
import type { Entry } from '../../src/journal/events.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { newFolder, runHere } from '../cli/command.ts';

/** The journal of a whole dry run. */
export async function dryRun(drill: string, ...words: string[]): Promise<Entry[]> {
  const { folder } = await runHere([`drills/${drill}.yaml`, '--quiet', ...words]);
  return readJournal(join(folder, 'journal.jsonl')).entries;
}

/** A state that was told these entries, one after another. */
export function told(entries: readonly Entry[]): RunState {
  const state = new RunState();
  const tell = narrator({ colour: false });
  for (const entry of entries) state.take(entry, tell);
  return state;
}

/** A folder of runs with one whose journal grows as a test has it. */
export function growingRun(name = '2026-11-23T09-30-00Z-multi-region-failover') {
  const runs = newFolder();
  const journal = join(runs, name, 'journal.jsonl');
  mkdirSync(join(runs, name));
  writeFileSync(journal, '');
  return {
    runs,
    name,
    journal,
    write: (entries: readonly Entry[]) =>
      appendFileSync(journal, entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')),
    writeText: (text: string) => appendFileSync(journal, text),
    text: () => readFileSync(journal, 'utf8'),
  };
}
