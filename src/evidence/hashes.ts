import { hash } from 'node:crypto';
import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Files, JOURNAL } from './manifest.ts';

/** SHA-256 of what a run left, in hexadecimal digits. */
export interface Hashes {
  /** Of each line of the journal, without its line break, one behind the other. */
  lines: Promise<string>;
  files: Promise<ReadonlyMap<string, string>>;
}

/** With fewer bytes than these, all is hashed before a thread has begun. */
const LONG = 2_000_000;

/** Hashes the files of a run, of a long one beside what is done meanwhile. */
export function hashesOf(files: Files): Hashes {
  const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const [lines, all] = size < LONG ? hashedHere(files) : hashedBeside(files);
  return { lines: lines as Promise<string>, files: all as Promise<ReadonlyMap<string, string>> };
}

function hashedHere(files: Files): Promise<unknown>[] {
  const said: Promise<unknown>[] = [];
  hashAll(files, JOURNAL, hash, (one) => said.push(Promise.resolve(one)));
  return said;
}

function hashedBeside(files: Files): Promise<unknown>[] {
  const code = `const { parentPort, workerData } = require('node:worker_threads');
    (${hashAll})(workerData, '${JOURNAL}', require('node:crypto').hash, (one) => parentPort.postMessage(one));`;
  const said = on(new Worker(code, { eval: true, workerData: files }), 'message');
  const next = async () => (await said.next()).value[0];
  return [next(), next()];
}

/** Goes to the other thread as text, so it knows nothing but what it is given. */
function hashAll(files: Files, journal: string, sha: typeof hash, say: (hashes: unknown) => void): void {
  const bytes = files.get(journal) ?? new Uint8Array();
  const lines: string[] = [];
  for (let from = 0, to = 0; from < bytes.length; from = to + 1) {
    const end = bytes.indexOf(10, from);
    to = end < 0 ? bytes.length : end;
    lines.push(sha('sha256', bytes.subarray(from, to)));
  }
  say(lines.join(''));
  say(new Map([...files].map(([file, content]) => [file, sha('sha256', content)])));
}
