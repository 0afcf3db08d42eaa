import type { Read } from '../steps/by-hand.ts';
import { NIGHTLY, type RecoveryPoint, type SnapshotType } from './recovery-point.ts';

/** Snapshots by age, the newest last: each with its time and its name. */
export const listedByAge = (list: (type: SnapshotType) => string, types: readonly SnapshotType[] = NIGHTLY): string =>
  `{ ${types.map((type) => `${list(type)};`).join(' ')} } | sort`;

interface Wanted {
  from: 'snapshot' | 'point-in-time';
  beforeMs: number;
}

/** How a person chooses: the newest snapshot of such a list, or a time inside the restorable window, whose end a command prints. */
export const chosenByHand = <P extends Wanted>(listed: (wanted: P) => string, latestOf: (wanted: P) => string) => ({
  command: (wanted: P): string => (wanted.from === 'snapshot' ? listed(wanted) : latestOf(wanted)),
  byHand: {
    gives(wanted: P, read: Read): Partial<RecoveryPoint> {
      if (wanted.from === 'snapshot') {
        const list = listed(wanted);
        return {
          id: read.text('snapshot', `${list} | tail -n 1 | cut -f 2`),
          timeMs: read.instant('time', `${list} | tail -n 1 | cut -f 1`),
        };
      }
      const ago = `${wanted.beforeMs / 1_000} seconds ago`;
      return { timeMs: read.instant('time', `date -ud "$(${latestOf(wanted)}) ${ago}" +%FT%TZ`) };
    },
  },
  doneWhen: () => 'A recovery point is shown, and it is younger than the drill allows.',
});
