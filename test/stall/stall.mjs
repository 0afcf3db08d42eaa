/** Loaded into a process with `--import`: it stands still at a line of its journal, as STALL says, until someone wakes it. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

/** `by`: a signal that stops the process, or an fsync that hangs until the file `wake` is there. `asleep` is made as it begins. */
const { line, by, asleep, wake } = JSON.parse(process.env.STALL ?? '{}');

const { openSync, closeSync, writeSync, fsyncSync, writeFileSync, existsSync } = fs;
let journal;
let lines = 0;
let hasStalled = false;

function stall() {
  hasStalled = true;
  writeFileSync(asleep, String(lines));
  if (by === 'SIGSTOP') return process.kill(process.pid, 'SIGSTOP');
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(wake)) Atomics.wait(never, 0, 0, 20);
}

Object.assign(fs, {
  openSync(path, ...rest) {
    const fd = openSync(path, ...rest);
    // Reports read it, too.
    if (basename(String(path)) === 'journal.jsonl' && /[aw+]/.test(String(rest[0]))) journal = fd;
    return fd;
  },
  closeSync(fd) {
    if (fd === journal) journal = undefined;
    return closeSync(fd);
  },
  writeSync(fd, data, ...rest) {
    const written = writeSync(fd, data, ...rest);
    if (fd !== journal) return written;
    lines += Buffer.from(data)
      .subarray(0, written)
      .filter((byte) => byte === 10).length;
    if (by === 'SIGSTOP' && !hasStalled && lines >= line) stall();
    return written;
  },
  fsyncSync(fd) {
    if (fd === journal && by === 'fsync' && !hasStalled && lines >= line) stall();
    return fsyncSync(fd);
  },
});
syncBuiltinESMExports();
