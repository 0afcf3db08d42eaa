import { spawn } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { own, runAs } from '../servers/lab-folder.ts';

/** What belongs to the running server, not to its data. */
const NOT_DATA = ['postmaster.pid', 'postmaster.opts', 'backup_label.old', 'tablespace_map.old', 'standby.signal'];
const EMPTIED = ['pg_replslot', 'pg_dynshmem'];

/** Copies a data directory for another server. From a running one, files may vanish meanwhile: its log makes up for that. */
export async function copyData(from: string, to: string, { wal }: { wal: boolean }): Promise<void> {
  // A process of its own: the gates of this one must not stand still meanwhile.
  const copy = spawn('cp', ['-a', from, to], { ...runAs, env: { PATH: process.env.PATH, LC_ALL: 'C' }, stdio: 'pipe' });
  const complaints = (await text(copy.stderr))
    .split('\n')
    .filter((line) => line !== '' && !line.includes('No such file'));
  if (complaints.length > 0) throw new Error(`copying ${from}: ${complaints[0]}`);
  for (const name of NOT_DATA) await rm(join(to, name), { force: true });
  for (const name of wal ? EMPTIED : [...EMPTIED, 'pg_wal']) {
    for (const entry of await readdir(join(to, name))) await rm(join(to, name, entry), { recursive: true });
  }
  if (wal) return;
  await mkdir(join(to, 'pg_wal/archive_status'));
  own(join(to, 'pg_wal/archive_status'));
}
