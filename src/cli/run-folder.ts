import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isoTime } from '../clock/clock.ts';
import { DrillError } from '../errors.ts';

/**
 * Makes the folder of a new run, named by the time and the drill: `runs/2026-11-23T09-30-00Z-snapshot-restore`.
 * @param option the command with the option that names another place
 */
export function makeRunFolder(
  runs: string,
  drill: string,
  wallMs: number,
  option = 'dr-drill run <drill> --runs',
): string {
  const time = isoTime(wallMs).slice(0, 19).replaceAll(':', '-');
  try {
    mkdirSync(runs, { recursive: true });
    for (let copy = 1; ; copy += 1) {
      const folder = join(runs, `${time}Z-${drill}${copy === 1 ? '' : `-${copy}`}`);
      if (isNew(folder)) return folder;
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = `Name a folder that can be written to: ${option} <folder>.`;
    throw new DrillError('runs-unwritable', `No run folder can be made in ${runs}: ${why}.`, { hint, cause });
  }
}

function isNew(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
