import { crc32 } from 'node:zlib';
import { Deflate, deflateSync } from 'fflate';

/** A file with more bytes is deflated in parts of this many. */
export const PART_BYTES = 8 * 1024 * 1024;

const LOCAL_FILE = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const VERSION = 20;
const DEFLATED = 8;
const NAME_IS_UTF8 = 0x0800;
/** 1980-01-01, 00:00: the earliest time that the format knows, as it must have one. */
const MODIFIED = 0x00210000;

/**
 * A zip archive, in parts as they are made; the same files give the same bytes. Holds one part of a file, and what one file packs to. fflate's own stream
 * says the size of a file only after it, and who unpacks must know it before.
 */
export function* zipped(
  files: Iterable<readonly [name: string, content: Iterable<Uint8Array>]>,
  partBytes: number,
): Generator<Uint8Array> {
  const piece = Buffer.allocUnsafe(partBytes);
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const { packed, ...facts } = deflated(content, piece);
    const head = headOf(Buffer.from(name), facts);
    const parts = [Buffer.concat([words(LOCAL_FILE), head.facts, head.name]), ...packed];
    directory.push(directoryEntry(head, at));
    for (const part of parts) at += part.length;
    yield* parts;
  }
  const listed = Buffer.concat(directory);
  yield listed;
  yield Buffer.concat([
    words(DIRECTORY_END),
    halfWords(0, 0, directory.length, directory.length),
    words(listed.length, at),
    halfWords(0),
  ]);
}

interface Facts {
  checksum: number;
  size: number;
  packedSize: number;
}

function deflated(content: Iterable<Uint8Array>, piece: Buffer): Facts & { packed: Uint8Array[] } {
  const facts = { checksum: 0, size: 0, packedSize: 0 };
  const packed: Uint8Array[] = [];
  const keep = (part: Uint8Array) => {
    packed.push(part);
    facts.packedSize += part.length;
  };
  const stream = new Deflate({ level: 9 }, keep);
  for (const { part, isLast } of regrouped(content, piece)) {
    facts.checksum = crc32(part, facts.checksum);
    // What fits one part is packed at once: it gives fewer bytes.
    if (isLast && facts.size === 0) keep(deflateSync(part, { level: 9 }));
    else stream.push(part, isLast);
    facts.size += part.length;
  }
  return { ...facts, packed };
}

/**
 * The same bytes in parts of one size, the last one shorter: what they pack to depends on it. All parts are of one piece of memory, which
 * would otherwise grow faster than it is collected.
 */
function* regrouped(content: Iterable<Uint8Array>, into: Buffer): Generator<{ part: Uint8Array; isLast: boolean }> {
  let length = 0;
  for (const given of content)
    for (let rest = given; rest.length > 0; ) {
      if (length === into.length) {
        yield { part: into, isLast: false };
        length = 0;
      }
      const taken = rest.subarray(0, into.length - length);
      into.set(taken, length);
      length += taken.length;
      rest = rest.subarray(taken.length);
    }
  yield { part: into.subarray(0, length), isLast: true };
}

/** What stands before a file and in the directory alike. */
function headOf(name: Buffer, { checksum, size, packedSize }: Facts) {
  const flags = name.some((byte) => byte > 127) ? NAME_IS_UTF8 : 0;
  const facts = Buffer.concat([
    halfWords(VERSION, flags, DEFLATED),
    words(MODIFIED, checksum, packedSize, size),
    halfWords(name.length, 0),
  ]);
  return { facts, name };
}

const directoryEntry = ({ facts, name }: ReturnType<typeof headOf>, at: number): Buffer =>
  Buffer.concat([words(DIRECTORY_ENTRY), halfWords(VERSION), facts, halfWords(0, 0, 0), words(0, at), name]);

const words = (...values: number[]): Buffer => littleEndian(4, values);
const halfWords = (...values: number[]): Buffer => littleEndian(2, values);
const littleEndian = (length: number, values: number[]): Buffer =>
  Buffer.from(values.flatMap((value) => Array.from({ length }, (_, byte) => (value >>> (8 * byte)) & 0xff)));
