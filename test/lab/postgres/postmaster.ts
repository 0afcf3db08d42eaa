import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runAs } from '../servers/lab-folder.ts';

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 5_000;

/** One running postgres process with all its children, on one data directory. */
export class Postmaster {
  readonly #process: ChildProcess;
  readonly #data: string;
  readonly #log: string;

  private constructor(process: ChildProcess, data: string, log: string) {
    this.#process = process;
    this.#data = data;
    this.#log = log;
  }

  /** Starts it and waits until it takes connections, as a writer or as a standby. */
  static async start(postgres: string, data: string): Promise<Postmaster> {
    const log = join(data, '../log');
    const output = openSync(log, 'a');
    const child = spawn(postgres, ['-D', data], { ...runAs, env: {}, cwd: data, stdio: ['ignore', output, output] });
    closeSync(output);
    const postmaster = new Postmaster(child, data, log);
    await postmaster.#ready();
    return postmaster;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Kills it and all its children at once, as a machine that loses power does. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    for (let left = this.processes(); left.length > 0; left = this.processes()) {
      for (const pid of left) signal(pid, 'SIGKILL');
      await sleep(1);
    }
    await exited;
  }

  /** Stops it as an operator would; sessions are ended, and what hangs is killed. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGINT');
    const late = AbortSignal.timeout(STOP_MS_MAX);
    await Promise.race([exited, once(late, 'abort')]);
    await this.kill();
  }

  /** Itself and its children: all that work in its data directory. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .filter((pid) => workingDirectory(pid) === this.#data)
      .map(Number);
  }

  /** The child with this title, such as `walreceiver`. */
  child(title: string): number | undefined {
    return this.processes().find((pid) => readProc(pid, 'cmdline').includes(title));
  }

  async #ready(): Promise<void> {
    for (const late = AbortSignal.timeout(START_MS_MAX); !late.aborted; await sleep(5)) {
      if (!this.running) break;
      if (this.#status() === 'ready' || this.#status() === 'standby') return;
    }
    const tail = readFileSync(this.#log, 'utf8').split('\n').slice(-12).join('\n');
    await this.kill();
    throw new Error(`PostgreSQL in ${this.#data} did not start:\n${tail}`);
  }

  /** What the process itself says in its pid file; the file of a killed predecessor names another process. */
  #status(): string | undefined {
    try {
      const lines = readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n');
      return Number(lines[0]) === this.#process.pid ? lines[7]?.trim() : undefined;
    } catch {
      return undefined;
    }
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It may have gone by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A file of a process in /proc, empty when the process is gone. */
export function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function workingDirectory(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
