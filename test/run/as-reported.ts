import { reportOf } from '../../src/report/model.ts';
import type { Finished } from './drill.ts';

/**
 * Fails where a data store of `three-stores-two-names` is not in the account as the report says: taken over, or where it was.
 * What the account still has under way counts as done.
 */
export function mustStandAsReported({ entries, world }: Finished): void {
  const { instances, aurora, cache } = world.state();
  const hasMoved: Record<string, boolean | undefined> = {
    tickets: instances.find(({ identifier }) => identifier === 'theatre-tickets-central')?.source.at(-1)?.[1] === null,
    seats: aurora[0]?.clusters.find(({ cluster }) => cluster === 'theatre-seats-central')?.isWriter.at(-1)?.[1],
    sessions:
      cache.datastores[0]?.members.find(({ group }) => group === 'theatre-sessions-central')?.role.at(-1)?.[1] ===
      'PRIMARY',
  };
  for (const { of, standing } of reportOf(entries, { journalHash: '' }).takenOver) {
    if (standing === 'given up') continue;
    const isAway = ['taken over', 'held'].includes(standing);
    if (hasMoved[of] !== isAway)
      throw new Error(`${of} ${hasMoved[of] ? 'has' : 'has not'} moved, and the report says: ${standing}.`);
  }
}
