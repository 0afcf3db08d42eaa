import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { realClock } from '../clock/real-clock.ts';
import { openToAdd } from '../read-file.ts';

const LINE_BREAK = 10;

/**
 * Adds a line to a file that several processes add to, as a whole or not at all. Behind a line that was cut off by the end of the process
 * that wrote it, it begins again.
 */
export function appendLine(path: string, line: string): void {
  const fd = openToAdd(path);
  try {
    const { size } = fstatSync(fd);
    const last = Buffer.alloc(1);
    const isCut = size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== LINE_BREAK;
    const bytes = Buffer.from(`${isCut ? '\n' : ''}${line}\n`);
    let written = 0;
    try {
      written = writeSync(fd, bytes);
      if (written < bytes.length) throw new Error('ENOSPC: no space for the whole line');
      fsyncSync(fd);
    } catch (error) {
      // Where someone else has added one meanwhile, nothing is taken back: their reader skips the part.
      if (written > 0 && fstatSync(fd).size === size + written) ftruncateSync(fd, size);
      throw error;
    }
  } finally {
    closeSync(fd);
  }
}

/** Anyone who holds a file longer has died. */
const HELD_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** Does something with a file while no other process does: a file of its own beside it, which only one can make, says so. */
export async function alone<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const clock = realClock();
  for (;;) {
    try {
      closeSync(openSync(lock, 'wx'));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const sinceMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
      if (sinceMs !== undefined && clock.wallMs() - sinceMs > HELD_MS) rmSync(lock, { force: true });
      await clock.sleep(LOOK_EVERY_MS);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}
