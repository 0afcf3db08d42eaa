import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { runAs } from '../servers/lab-folder.ts';
import type { Lab } from './lab.ts';
import type { MySqlServer } from './server.ts';

const run = promisify(execFile);
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** Makes an empty data directory. */
export async function install({ programs }: Lab, folder: string): Promise<void> {
  await programs.install(folder, env);
}

/** Copies what a server's disk holds at one moment, as a snapshot of a volume does: the server stands still meanwhile. */
export async function copyDisk(
  { pid, data, lab }: Pick<MySqlServer, 'pid' | 'data' | 'lab'>,
  to: string,
): Promise<void> {
  if (pid !== undefined) await pause(pid);
  try {
    await run('cp', ['-a', data, join(to, 'data')], { ...runAs, env });
    if (lab.programs.own) rmSync(join(to, 'data', lab.programs.own));
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
