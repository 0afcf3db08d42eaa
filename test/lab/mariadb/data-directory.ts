import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { runAs } from '../servers/lab-folder.ts';
import type { MariaDb } from './server.ts';

const run = promisify(execFile);
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** Makes an empty data directory, whose root needs no password on the private socket. */
export async function install(folder: string): Promise<void> {
  const options = ['--no-defaults', `--datadir=${join(folder, 'data')}`, '--auth-root-authentication-method=normal'];
  await run('/usr/bin/mariadb-install-db', [...options, '--skip-test-db', '--skip-name-resolve'], {
    ...runAs,
    env,
    cwd: folder,
  });
}

/** Copies what a server's disk holds at one moment, as a snapshot of a volume does: the server stands still meanwhile. */
export async function copyDisk({ pid, data }: Pick<MariaDb, 'pid' | 'data'>, to: string): Promise<void> {
  if (pid !== undefined) await pause(pid);
  try {
    await run('cp', ['-a', data, join(to, 'data')], { ...runAs, env });
  } finally {
    if (pid !== undefined) process.kill(pid, 'SIGCONT');
  }
}

/** Until no thread of it runs. */
async function pause(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const tasks = `/proc/${pid}/task`;
  const isStopped = (task: string) => /\) [Tt] /.test(readFileSync(join(tasks, task, 'stat'), 'utf8'));
  while (!readdirSync(tasks).every(isStopped)) await sleep(1);
}
