import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Entry } from '../journal/events.ts';

/** What a look at a growing journal found. */
export interface Found {
  /** Entries whose lines are whole, since the look before. */
  entries: Entry[];
  /** There is more to read at once. */
  more: boolean;
  /** The file is another one, or shorter, than at the look before: what was read of it does not count. */
  isOther: boolean;
  /** When the file was written last, in epoch milliseconds. */
  writtenMs: number;
}

const PART_BYTES = 256 * 1024;
/** More than any line of a run: a header holds the drill, its topology and its SQL files. */
const LINE_MAX_BYTES = 32 * 1024 * 1024;
const LINE_BREAK = 10;

/**
 * Follows a journal that others write, from its beginning: no line is read twice, and one that is not whole yet waits. Lines are not compared with
 * their chain, as `dr-drill verify` does: a board shows, it proves nothing.
 */
export class Follower {
  private readonly path: string;
  private consumed = 0;
  private lines = 0;
  private inode: number | undefined;
  private partBytes = PART_BYTES;

  constructor(path: string) {
    this.path = path;
  }

  /** Throws where the file cannot be read, or has a line that is no entry. */
  look(): Found {
    // To open a FIFO would wait for its writer.
    const fd = openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = fstatSync(fd);
      if (!facts.isFile()) throw new Error(`${this.path} is not a regular file`);
      const isOther = this.inode !== undefined && (facts.ino !== this.inode || facts.size < this.consumed);
      if (isOther) Object.assign(this, { consumed: 0, lines: 0, partBytes: PART_BYTES });
      this.inode = facts.ino;
      const entries = facts.size > this.consumed ? this.next(fd) : [];
      const more = entries.length > 0 ? facts.size > this.consumed : this.partBytes > PART_BYTES;
      return { entries, more, isOther, writtenMs: facts.mtimeMs };
    } finally {
      closeSync(fd);
    }
  }

  private next(fd: number): Entry[] {
    const part = Buffer.allocUnsafe(this.partBytes);
    const got = readSync(fd, part, 0, part.length, this.consumed);
    const end = part.subarray(0, got).lastIndexOf(LINE_BREAK);
    if (end < 0) {
      if (got < part.length) this.partBytes = PART_BYTES;
      else if (got >= LINE_MAX_BYTES) throw new Error(`line ${this.lines + 1} is longer than any line of a run`);
      else this.partBytes *= 2;
      return [];
    }
    this.partBytes = PART_BYTES;
    this.consumed += end + 1;
    return part
      .subarray(0, end)
      .toString('utf8')
      .split('\n')
      .map((line) => this.entryIn(line));
  }

  private entryIn(line: string): Entry {
    this.lines += 1;
    try {
      const entry = JSON.parse(line) as Entry;
      if (typeof entry?.type === 'string' && typeof entry.ms === 'number' && typeof entry.seq === 'number')
        return entry;
    } catch {
      // said below
    }
    throw new Error(`line ${this.lines} is not a journal entry`);
  }
}
