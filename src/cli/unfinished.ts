import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { candidatesOf, surpriseOf } from '../drill/candidates.ts';
import type { Drill } from '../drill/drill.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import { readJournal } from '../journal/journal.ts';
import { lastEntries } from '../journal/last-entries.ts';
import { runningModules } from './own-steps.ts';
import type { Terminal } from './terminal.ts';

/**
 * Fails with `run-unfinished` where an earlier live run on this topology has not come to an end: what it changed stands. One that waits for
 * its moment has changed nothing, and is in the way of another surprise that is to be drawn only.
 * @param own the folder of a run that has been drawn, and is about to begin
 */
export function mustHaveEnded(runs: string, { drill, topology }: LoadedDrill, own?: string): void {
  for (const name of foldersIn(runs)) {
    const folder = join(runs, name);
    if (own !== undefined && resolve(folder) === resolve(own)) continue;
    const ends = lastEntries(join(folder, JOURNAL));
    const isOpen = ends?.header.mode === 'live' && ends.last.type !== 'run-ended';
    if (!isOpen || ends.header.topology.topology !== topology.topology) continue;
    const mayWait = own !== undefined || surpriseOf(drill) === undefined;
    if (mayWait && isWaiting(join(folder, JOURNAL), ends.header.drill)) continue;
    throw new DrillError(
      'run-unfinished',
      `An earlier live run has not ended: ${folder} (${ends.header.drill.drill}).`,
      {
        hint: `Take it up again: dr-drill resume ${folder}. Or end it: dr-drill abort ${folder}, and then resume.`,
      },
    );
  }
}

/** Whether a run is a surprise that has not begun. */
export const isWaiting = (journalPath: string, drill: Drill): boolean =>
  surpriseOf(drill) !== undefined &&
  !readJournal(journalPath).entries.some((entry) => entry.type === 'draw-revealed' && entry.begins);

function foldersIn(runs: string): string[] {
  if (!statSync(runs, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(runs, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** A live run that can be gone on with. Fails where there is none, where it has ended, and for a dry run. */
export function unfinishedRun(folder: string): { loaded: LoadedDrill; journalPath: string } {
  const journalPath = join(folder, JOURNAL);
  const ends = lastEntries(journalPath);
  if (!ends || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DrillError('run-missing', `There is no run in ${folder}.`, {
      hint: 'Name a run folder, such as one under runs/.',
    });
  }
  const { header, last } = ends;
  if (last.type === 'run-ended') {
    throw new DrillError('run-ended', `This run has ended already: ${last.outcome}.`, {
      hint: `\`dr-drill report ${folder}\` makes its reports again.`,
    });
  }
  if (header.mode === 'dry-run') {
    throw new DrillError(
      'dry-run',
      'A dry run leaves nothing behind that would have to be gone on with: its world ended with it.',
      {
        hint: `Run it again; the same seed (${header.seed}) takes the same course.`,
      },
    );
  }
  return { loaded: { drill: header.drill, topology: header.topology, drillPath: '', topologyPath: '' }, journalPath };
}

/** The steps of the user's own that the run was begun with. They are code, and the one who gave us the folder may have named it: it runs only when asked for. */
export function takeInAgain(drill: Drill, { isAsked }: { isAsked: boolean }, terminal: Terminal): void {
  const vocabulary = runningModules(terminal);
  const files = candidatesOf(drill).flatMap((one) => (one.machine === 'custom' ? (one.steps ?? []) : []));
  if (files.length > 0 && !isAsked)
    throw new DrillError(
      'own-steps-not-asked',
      `Resuming runs code that this run's journal names: ${files.join(', ')}.`,
      {
        hint: 'Read it. If it is yours, resume with --load-steps.',
      },
    );
  for (const file of files) {
    const wrong = vocabulary.takeInSteps(file);
    if (wrong !== undefined)
      throw new DrillError('own-steps-missing', `A module with steps of this run cannot be loaded: ${wrong}.`, {
        hint: 'Put the module back where it was, and resume again.',
      });
  }
}
