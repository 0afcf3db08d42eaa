import type { Entry, EventOf } from './events.ts';

/** Whether a line is a run's first one. A journal from elsewhere may say anything. */
export function isHeader(entry: Entry): entry is EventOf<'run-started'> {
  if (entry?.type !== 'run-started') return false;
  const { drill, topology } = entry;
  return (
    typeof drill?.drill === 'string' &&
    typeof drill.machine === 'string' &&
    typeof topology?.topology === 'string' &&
    typeof topology.regions?.primary === 'string' &&
    typeof topology.regions.recovery === 'string'
  );
}
