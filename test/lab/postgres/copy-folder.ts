import { constants, type Dirent } from 'node:fs';
import { chmod, chown, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runAs } from './lab-folder.ts';

const AT_ONCE = 8;

/** What belongs to a running server and not to its data; folders are kept, empty. */
const NOT_DATA = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'pg_internal.init',
  'backup_label',
  'standby.signal',
  'recovery.signal',
]);
const EMPTIED = new Set([
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);

/** Copies a data directory for another server; a running one may lose files meanwhile. `wal` is left out on request. */
export async function copyData(from: string, to: string, { wal }: { wal: boolean }): Promise<void> {
  const emptied = wal ? EMPTIED : new Set([...EMPTIED, 'pg_wal']);
  const files: { from: string; to: string }[] = [];
  await plan(from, to, true);
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let file = files.pop(); file; file = files.pop()) await copyOne(file.from, file.to);
  });
  await Promise.all(workers);

  async function plan(source: string, target: string, isTop: boolean): Promise<void> {
    await mkdir(target);
    await hand(target, 0o700);
    for (const entry of await entriesOf(source)) {
      const [here, there] = [join(source, entry.name), join(target, entry.name)];
      if (entry.isDirectory()) {
        if (isTop && emptied.has(entry.name)) await emptyFolder(there, entry.name);
        else await plan(here, there, false);
      } else if (entry.isFile() && !NOT_DATA.has(entry.name) && !/^pgsql_tmp/.test(entry.name)) {
        files.push({ from: here, to: there });
      }
    }
  }
}

async function emptyFolder(path: string, name: string): Promise<void> {
  const inside = name === 'pg_wal' ? ['archive_status', 'summaries'] : [];
  for (const folder of [path, ...inside.map((each) => join(path, each))]) {
    await mkdir(folder);
    await hand(folder, 0o700);
  }
}

export async function copyOne(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await hand(to, 0o600);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function hand(path: string, mode: number): Promise<void> {
  if (runAs.uid !== undefined) await chown(path, runAs.uid, runAs.gid);
  await chmod(path, mode);
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
