import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { DrillError } from './errors.ts';
import { withCommas } from './with-commas.ts';

const MIB = 1024 * 1024;

/** The most bytes of each kind of file that is read into memory. */
export const mostBytes = {
  /** A key, a lease, a request, a draw: what fits a screen. */
  note: MIB,
  /** Answers, a debrief, what earlier runs left, certificates. */
  record: 16 * MIB,
  /** A packed run. */
  bundle: 64 * MIB,
  /** A journal, an index, a report: a run of 50,000 events has 20 MiB. */
  evidence: 256 * MIB,
};

/**
 * The bytes of a regular file. Never waits, and never reads without end: a FIFO, a device and a file over the limit are refused unread,
 * with `file-unusable`. Throws Node's own error where the file cannot be opened.
 */
export function readBytes(path: string, most: number): Buffer {
  return read(path, most, (size) => Buffer.allocUnsafe(size));
}

/** The same as UTF-8. */
export const readText = (path: string, most: number): string => readBytes(path, most).toString('utf8');

/** The same into memory that threads share, as a long run is hashed by another. */
export const readShared = (path: string, most: number): Buffer =>
  read(path, most, (size) => Buffer.from(new SharedArrayBuffer(size)));

const PART_BYTES = 16 * 1024;

/** The same in small parts, from the file's beginning each time that they are asked for. */
export function partsOf(path: string, most: number): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      const fd = openToRead(path, most);
      try {
        for (let got = -1; got !== 0; ) {
          const part = Buffer.allocUnsafe(PART_BYTES);
          got = readSync(fd, part, 0, PART_BYTES, null);
          if (got > 0) yield part.subarray(0, got);
        }
      } finally {
        closeSync(fd);
      }
    },
  };
}

function read(path: string, most: number, make: (size: number) => Buffer): Buffer {
  const fd = openToRead(path, most);
  try {
    const { size } = fstatSync(fd);
    const bytes = make(size);
    let length = 0;
    for (let got = -1; got !== 0 && length < size; length += got)
      got = readSync(fd, bytes, length, size - length, null);
    return bytes.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

function openToRead(path: string, most: number): number {
  // To open a FIFO would wait for its writer.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = mustBeRegular(fd, path);
    if (size > most)
      throw unusable(path, `has ${withCommas(Math.ceil(size / MIB))} MiB; the limit is ${most / MIB} MiB`);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Opens a file to add to it; what is no regular file, or a link to another, is refused. */
export function openToAdd(path: string): number {
  const fd = openSync(
    path,
    constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    0o666,
  );
  try {
    mustBeRegular(fd, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function mustBeRegular(fd: number, path: string) {
  const facts = fstatSync(fd);
  if (facts.isDirectory()) throw unusable(path, 'is a directory');
  if (!facts.isFile()) throw unusable(path, 'is not a regular file');
  return facts;
}

const unusable = (path: string, why: string): DrillError =>
  new DrillError('file-unusable', `${path} ${why}.`, { hint: 'Put a regular file there.' });
