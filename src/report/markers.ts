import type { Entry } from '../journal/events.ts';
import { enteredMs, entriesOf, leftMs, wallMs } from '../measure/reading.ts';
import type { RecoveryTime } from '../measure/recovery-split.ts';

export interface Marker {
  marker: string;
  title: string;
  /** Epoch milliseconds. */
  atMs: number;
}

/** The moments that people ask for, in order; those that never came are left out. */
export function markersOf(entries: readonly Entry[], recovery: RecoveryTime): Marker[] {
  const decision = entriesOf(entries, 'decision')[0];
  const isFailover = recovery.parts.some(({ part }) => part === 'propagate');
  const moments: [marker: string, title: string, atMs: number | null | undefined][] = isFailover
    ? [
        ['impairment', 'Impaired', recovery.fromMs],
        ['detected', 'Detected', leftMs(entries, 'detect')],
        ['decision', 'Decided', decision && wallMs(decision)],
        ['shift', 'Traffic shifts', enteredMs(entries, 'shift')],
        ['recovered', 'Recovered', recovery.toMs],
      ]
    : [
        ['disaster', 'Assumed disaster', recovery.fromMs],
        ['restored', 'Restored', enteredMs(entries, 'wait')],
        ['recovered', 'Data proven', recovery.toMs],
      ];
  return moments
    .flatMap(([marker, title, atMs]) => (atMs === null || atMs === undefined ? [] : [{ marker, title, atMs }]))
    .sort((a, b) => a.atMs - b.atMs);
}
