import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'dr-drill-lab-';
const LAB_NAME = /^dr-drill-lab-(\d+)-(\d+)-\w{6}$/;

const MEMORY = '/dev/shm';
/** A lab with its restored servers needs a fifth of it. */
const ROOM_BYTES = 1024 ** 3;
/** A checkout that nobody else may read has its PostgreSQL copied into the lab, to be run there. */
const NO_PROGRAMS = /^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m;

/** In memory where there is room: a disk takes longer to make a server's thousand files than the server to start. */
function roomiest(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize >= ROOM_BYTES && !NO_PROGRAMS.test(readFileSync('/proc/mounts', 'utf8'))) return MEMORY;
  } catch {
    // There is none.
  }
  return tmpdir();
}

/** PostgreSQL refuses to run as root, so there it runs as nobody. */
export const runAs = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

// Everything that runs in the folder has its working directory there, so nothing else can be hit. A killed postmaster leaves
// a shared memory segment, which is known by its maker.
const SWEEP = `
folder=$1
while pids=$(ls -ld /proc/[0-9]*/cwd 2>/dev/null | sed -n "s|.*/proc/\\([0-9]*\\)/cwd -> $folder/.*|\\1|p"); [ -n "$pids" ]; do
  kill -9 $pids 2>/dev/null
done
for file in "$folder"/data/postmaster.pid "$folder"/*/data/postmaster.pid; do
  [ -f "$file" ] || continue
  read -r maker < "$file"
  awk -v maker="$maker" '$5 == maker { print $2 }' /proc/sysvipc/shm | while read -r segment; do ipcrm -m "$segment"; done
done
rm -rf "$folder"
`;

/**
 * Where everything of one lab lives. A guard, which is a shell that outlives us, removes it with every process in it as soon as
 * the pipe to us closes: by `close`, or because we died. Should the guard die too, the next lab does it.
 */
export class LabFolder {
  readonly path: string;
  readonly #guard: ChildProcess;
  #servers = 0;

  private constructor(path: string, guard: ChildProcess) {
    this.path = path;
    this.#guard = guard;
  }

  static open(parent = roomiest()): LabFolder {
    sweepLeftovers(parent);
    const path = realpathSync(mkdtempSync(join(parent, `${PREFIX}${process.pid}-${startOf(process.pid)}-`)));
    own(path);
    // In a session of its own, so that a Ctrl-C in the terminal does not reach it.
    const guard = spawn('/bin/sh', ['-c', `read -r _\n${SWEEP}`, 'sh', path], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    guard.unref();
    return new LabFolder(path, guard);
  }

  /** A new folder for one server, with a short name: the path of a socket must not exceed 107 bytes. */
  newServerFolder(): string {
    this.#servers += 1;
    const folder = join(this.path, `s${this.#servers}`);
    mkdirSync(folder);
    own(folder);
    return folder;
  }

  /** Removes one server's folder with every process in it. */
  async remove(serverFolder: string): Promise<void> {
    await once(spawn('/bin/sh', ['-c', SWEEP, 'sh', serverFolder], { stdio: 'ignore' }), 'exit');
  }

  async close(): Promise<void> {
    if (this.#guard.exitCode !== null || this.#guard.signalCode !== null) return;
    this.#guard.ref();
    const gone = once(this.#guard, 'exit');
    this.#guard.stdin?.end();
    await gone;
  }
}

/** Hands a file or folder to the user that PostgreSQL runs as, and to nobody else. */
export function own(path: string): void {
  if (runAs.uid !== undefined) chownSync(path, runAs.uid, runAs.gid);
  chmodSync(path, statSync(path).isDirectory() ? 0o700 : 0o600);
}

/** Removes what labs left behind whose process is gone. */
function sweepLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid, start] = LAB_NAME.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = realpathSync(join(parent, name));
    const isOurs = statSync(path).uid === (runAs.uid ?? process.getuid?.());
    if (isOurs && startOf(Number(pid)) !== start) spawnSync('/bin/sh', ['-c', SWEEP, 'sh', path]);
  }
}

/** When a process began, in ticks since boot: with it, a process id names one process only. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20];
  } catch {
    return undefined;
  }
}
