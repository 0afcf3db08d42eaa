import { expect, test } from 'vitest';
import type { Entry } from '../../src/journal/events.ts';
import { finished, SNAPSHOT, shipped } from '../run/drill.ts';
import { liveRun } from './live-run.ts';

/** What a line says, without the chain that it hangs on; a refusal without a body has no words of its own. */
const said = ({ prev: _, seq: __, ...entry }: Entry) => ({
  ...entry,
  ...('error' in entry && { error: entry.error?.name }),
});

/** Answers of one instant come in either order. */
const place = (entry: Entry): string =>
  `${String(entry.ms).padStart(12, '0')} ${entry.type === 'call' ? `call ${entry.requestId}` : String(entry.seq).padStart(8, '0')}`;
const inOrder = (entries: readonly Entry[]) =>
  entries
    .slice(1)
    .toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
    .map(said);

test.each(['multi-region-failover', 'multi-az-failover', SNAPSHOT, 'object-store-recovery', 'secrets-restore'])(
  '%s, run live through the clients of the SDK, writes what its dry run writes',
  async (name) => {
    const dry = await finished(name);
    const live = await liveRun(shipped(name), []);
    expect(inOrder(live.entries)).toEqual(inOrder(dry.entries));
  },
);
