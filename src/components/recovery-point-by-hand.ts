import type { Read } from '../steps/by-hand.ts';
import { NIGHTLY, type RecoveryPoint, type SnapshotType } from './recovery-point.ts';

/** Snapshots by age, the newest last: each with its time and its name. */
export const listedByAge = (list: (type: SnapshotType) => string, types: readonly SnapshotType[] = NIGHTLY): string =>
  `{ ${types.map((type) => `${list(type)};`).join(' ')} } | sort`;

/** The newest snapshot, for a person who reads it off such a list. */
export const newestByHand = (list: string, read: Read): Partial<RecoveryPoint> => ({
  id: read.text('snapshot', `${list} | tail -n 1 | cut -f 2`),
  timeMs: read.instant('time', `${list} | tail -n 1 | cut -f 1`),
});

/** A time inside the restorable window, of which a command prints the latest. */
export const timeByHand = (latest: string, beforeMs: number, read: Read): Partial<RecoveryPoint> => ({
  timeMs: read.instant('time', `date -ud "$(${latest}) ${beforeMs / 1_000} seconds ago" +%FT%TZ`),
});
