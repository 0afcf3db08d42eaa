import { existsSync } from 'node:fs';
import { mostBytes, readText } from '../read-file.ts';
import type { Entry, EventOf } from './events.ts';
import { isHeader } from './header.ts';

/**
 * The two ends of a journal, unchecked: enough to see whether its run is over. `undefined` where there is no journal of a run. Throws where
 * there is one that cannot be read, as nobody knows what it says.
 */
export function lastEntries(path: string): { header: EventOf<'run-started'>; last: Entry } | undefined {
  if (!existsSync(path)) return undefined;
  const lines = readText(path, mostBytes.evidence).split('\n').slice(0, -1);
  try {
    const header = JSON.parse(lines[0] ?? '') as Entry;
    const last = JSON.parse(lines.at(-1) ?? '') as Entry;
    return isHeader(header) && typeof last?.type === 'string' ? { header, last } : undefined;
  } catch {
    return undefined;
  }
}
