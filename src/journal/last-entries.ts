import { existsSync } from 'node:fs';
import { mostBytes, partsOf } from '../read-file.ts';
import type { Entry, EventOf } from './events.ts';
import { isHeader } from './header.ts';
import { lineHash } from './journal.ts';

const LINE_BREAK = 10;

/**
 * The two ends of a journal, unchecked: enough to see whether its run is over. `undefined` where there is no journal of a run. Throws where
 * there is one that cannot be read, as nobody knows what it says.
 */
export function lastEntries(path: string): { header: EventOf<'run-started'>; last: Entry } | undefined {
  if (!existsSync(path)) return undefined;
  const ends = endsOf(partsOf(path, mostBytes.evidence));
  try {
    const header = JSON.parse(ends.first) as Entry;
    const last = JSON.parse(ends.last) as Entry;
    return isHeader(header) && typeof last?.type === 'string' ? { header, last } : undefined;
  } catch {
    return undefined;
  }
}

/** The first and the last line that are whole; what is between is not kept. */
function endsOf(parts: Iterable<Uint8Array>): { first: string; last: string } {
  let first: string | undefined;
  let last = '';
  let begun: Buffer[] = [];
  for (const part of parts) {
    let bytes = Buffer.from(part);
    const lastBreak = bytes.lastIndexOf(LINE_BREAK);
    if (lastBreak >= 0) {
      const firstBreak = bytes.indexOf(LINE_BREAK);
      first ??= Buffer.concat([...begun, bytes.subarray(0, firstBreak)]).toString();
      const before = bytes.lastIndexOf(LINE_BREAK, lastBreak - 1);
      const line = bytes.subarray(before + 1, lastBreak);
      last = Buffer.concat(before >= 0 && lastBreak > 0 ? [line] : [...begun, line]).toString();
      begun = [];
      bytes = bytes.subarray(lastBreak + 1);
    }
    begun.push(bytes);
  }
  return { first: first ?? '', last };
}

/** Names a run to those who sign for it: the hash of its journal's first line; empty where there is none. */
export function runHash(path: string): string {
  const header = lastEntries(path)?.header;
  return header ? lineHash(JSON.stringify(header)) : '';
}
