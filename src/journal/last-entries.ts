import { mostBytes, readText } from '../read-file.ts';
import type { Entry, EventOf } from './events.ts';

/** The two ends of a journal, unchecked: enough to see whether its run is over. `undefined` where there is no journal. */
export function lastEntries(path: string): { header: EventOf<'run-started'>; last: Entry } | undefined {
  try {
    const lines = readText(path, mostBytes.evidence).split('\n').slice(0, -1);
    const header = JSON.parse(lines[0] ?? '') as Entry;
    const last = JSON.parse(lines.at(-1) ?? '') as Entry;
    if (header.type !== 'run-started' || typeof last?.type !== 'string' || !isOfRun(header)) return undefined;
    return { header, last };
  } catch {
    return undefined;
  }
}

/** A journal from elsewhere may say anything. */
const isOfRun = ({ drill, topology }: EventOf<'run-started'>): boolean =>
  typeof drill?.drill === 'string' &&
  typeof drill.machine === 'string' &&
  typeof topology?.topology === 'string' &&
  typeof topology.regions?.primary === 'string' &&
  typeof topology.regions.recovery === 'string';
