import { isUtf8 } from 'node:buffer';
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { readBytes } from '../read-file.ts';
import { nearest } from './near.ts';
import { fileMistake, type Mistake, SourceText } from './source-text.ts';

const largestBytes = 256 * 1024;

/** A file's text, or the one reason why it cannot be read as text. */
export function readText(file: string, kind: 'YAML' | 'SQL' = 'YAML'): SourceText | Mistake {
  let bytes: Buffer;
  try {
    const facts = statSync(file);
    if (facts.isDirectory()) return fileMistake(file, { message: 'this is a directory', expected: `a ${kind} file` });
    if (!facts.isFile())
      return fileMistake(file, { message: 'this is not a regular file', expected: `a ${kind} file` });
    if (facts.size > largestBytes) return tooLarge(file, facts.size);
    bytes = readBytes(file, largestBytes);
  } catch (error) {
    return unreadable(file, error as NodeJS.ErrnoException);
  }
  return decode(file, bytes, kind);
}

function tooLarge(file: string, size: number): Mistake {
  const kib = Math.ceil(size / 1024);
  return fileMistake(file, { message: `the file has ${kib} KiB; the limit is ${largestBytes / 1024} KiB` });
}

function unreadable(file: string, error: NodeJS.ErrnoException): Mistake {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ERR_INVALID_ARG_VALUE') {
    const near = neighbour(file);
    const suggestion = near && join(dirname(file), near);
    return fileMistake(file, { message: 'there is no such file', ...(suggestion && { suggestion }) });
  }
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return fileMistake(file, { message: 'the file may not be read', expected: 'a file that this user may read' });
  }
  return fileMistake(file, { message: `the file cannot be read (${error.code ?? 'unknown reason'})` });
}

/** The name of a YAML file in the same folder that is most likely meant. */
export function neighbour(file: string): string | undefined {
  try {
    const names = readdirSync(dirname(file)).filter((name) => /\.ya?ml$/.test(name));
    const stem = nearest(stemOf(file), names.map(stemOf));
    return names.find((name) => stemOf(name) === stem);
  } catch {
    return undefined;
  }
}

function stemOf(file: string): string {
  return basename(file, extname(file));
}

function decode(file: string, bytes: Buffer, kind: string): SourceText | Mistake {
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const before = decoded(bytes.subarray(0, nul));
    const message = 'the file contains a NUL byte, so it is not a text file';
    return new SourceText(file, `${before}\0`).mistake(before.length, { message, expected: `${kind} as UTF-8 text` });
  }
  const text = decoded(bytes);
  const source = new SourceText(file, text);
  const broken = brokenAt(bytes);
  if (broken >= 0)
    return source.mistake(broken, { message: 'the file is not UTF-8', expected: `${kind} as UTF-8 text` });
  const control = text.search(/[^\P{Cc}\t\n\r\u0085]/u);
  if (control >= 0) {
    const name = (text.charCodeAt(control) + 0x10000).toString(16).slice(1).toUpperCase();
    return source.mistake(control, {
      message: `the file contains a control character (U+${name})`,
      expected: 'plain text',
    });
  }
  return source;
}

/** Where in the text the first line goes wrong that is not UTF-8; -1 when all are. */
function brokenAt(bytes: Buffer): number {
  if (isUtf8(bytes)) return -1;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const line = bytes.subarray(start, end);
    if (!isUtf8(line)) return decoded(bytes.subarray(0, start)).length + decoded(line).indexOf('\uFFFD');
    start = end;
  }
  return -1;
}

function decoded(bytes: Buffer): string {
  return new TextDecoder().decode(bytes);
}
