import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isoTime } from '../clock/clock.ts';

/** A link that leads elsewhere: nobody here can tell when it was changed. */
export const isElsewhere = (runbook: string): boolean => /^[a-z][a-z\d+.-]*:/i.test(runbook);

/**
 * The day on which a file was last changed, as 2026-11-02: that of its last commit, or, for a file that is not committed as it is, that of
 * the file. Nothing, where there is no such file.
 */
export function lastChanged(path: string): string | undefined {
  const file = resolve(path);
  if (!existsSync(file)) return undefined;
  return (committedAt(file) ?? isoTime(statSync(file).mtimeMs)).slice(0, 10);
}

/** Nothing, where there is no git, or no repository, or the file has changes that are not committed. */
function committedAt(file: string): string | undefined {
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', dirname(file), ...words, '--', basename(file)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return git('status', '--porcelain') === '' ? git('log', '-1', '--format=%cI') || undefined : undefined;
  } catch {
    return undefined;
  }
}

/** Whether what someone wrote of a runbook means this file. */
export const samePlace = (runbook: string, path: string): boolean =>
  !isElsewhere(runbook) && resolve(runbook) === resolve(path);
