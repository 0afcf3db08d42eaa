import { measuresOf, SERVED } from '../drill/measures.ts';
import type { Entry } from '../journal/events.ts';
import type { Figure } from '../measure/figure.ts';
import { enteredMs, entriesOf, headerOf, impairedMs, instantMs, leftMs } from '../measure/reading.ts';
import type { RecoveryTime } from '../measure/recovery-split.ts';

export interface Marker {
  marker: string;
  title: string;
  /** Epoch milliseconds. */
  atMs: number;
}

/** The moments that people ask for, in order; those that never came are left out. */
export function markersOf(entries: readonly Entry[], recovery: RecoveryTime, zoneTurned: Figure): Marker[] {
  const decision = entriesOf(entries, 'decision')[0];
  const { drill } = headerOf(entries);
  const moments: [marker: string, title: string, atMs: number | null | undefined][] =
    drill.machine === 'custom'
      ? customMoments(entries, recovery)
      : drill.machine !== 'backup-restore'
        ? [
            ['impairment', 'Impaired', recovery.fromMs],
            ['detected', 'Detected', leftMs(entries, 'detect')],
            ['decision', 'Decided', decision && instantMs(decision)],
            ['shift', 'Traffic shifts', enteredMs(entries, 'shift')],
            ['recovered', 'Recovered', recovery.toMs],
          ]
        : [
            ['disaster', 'Assumed disaster', recovery.fromMs],
            ['restored', 'Restored', enteredMs(entries, 'wait')],
            ['recovered', 'Data proven', recovery.toMs],
          ];
  if ('ms' in zoneTurned && recovery.fromMs !== null)
    moments.push(['zone', 'Name servers turn', recovery.fromMs + zoneTurned.ms]);
  return moments
    .flatMap(([marker, title, atMs]) => (atMs === null || atMs === undefined ? [] : [{ marker, title, atMs }]))
    .sort((a, b) => a.atMs - b.atMs);
}

function customMoments(
  entries: readonly Entry[],
  { fromMs, toMs }: RecoveryTime,
): [marker: string, title: string, atMs: number | null | undefined][] {
  const { recovery } = measuresOf(headerOf(entries).drill);
  const impaired = impairedMs(entries);
  return [
    ['impairment', 'Impaired', impaired],
    ...(impaired === undefined ? [['begun', 'Time begins', fromMs] as [string, string, number | null]] : []),
    ['recovered', recovery?.until === SERVED ? 'Served again' : 'Recovered', toMs],
  ];
}
