import { expect, test } from 'vitest';
import type { Entry } from '../../src/journal/events.ts';
import { finished, SNAPSHOT, shipped } from '../run/drill.ts';
import { liveRun } from './live-run.ts';

/** What a line says, without the chain that it hangs on; a refusal without a body has no words of its own. */
const said = ({ prev: _, ...entry }: Entry) => ({ ...entry, ...('error' in entry && { error: entry.error?.name }) });

test.each(['multi-region-failover', 'multi-az-failover', SNAPSHOT, 'object-store-recovery', 'secrets-restore'])(
  '%s, run live through the clients of the SDK, writes what its dry run writes',
  async (name) => {
    const dry = await finished(name);
    const live = await liveRun(shipped(name), []);
    expect(live.entries.slice(1).map(said)).toEqual(dry.entries.slice(1).map(said));
  },
);
