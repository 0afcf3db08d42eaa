import type { Entry, EventOf } from './events.ts';

/** Whether a line is a run's first one. A journal from elsewhere may say anything. */
export function isHeader(entry: Entry): entry is EventOf<'run-started'> {
  if (entry?.type !== 'run-started') return false;
  const { drill, topology } = entry;
  return (
    typeof drill?.drill === 'string' &&
    typeof drill.machine === 'string' &&
    typeof topology?.topology === 'string' &&
    isRegion(topology.regions?.primary) &&
    isRegion(topology.regions.recovery)
  );
}

/** A part of a host name, as the SDK makes one of it. */
const isRegion = (text: unknown): boolean => typeof text === 'string' && /^[a-z][a-z0-9-]{0,62}$/.test(text);
