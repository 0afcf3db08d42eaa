import { dirname } from 'node:path';
import { reopenJournal } from '../journal/journal.ts';
import { takeLease, takeLeaseInTime } from '../lease/lease.ts';
import { type LeadOptions, lead } from './lead.ts';
import { leaseOn, owner } from './lease-store.ts';
import { connect, resumeLive } from './live.ts';
import { sealedLater, signingKey, unsealed } from './seal.ts';
import type { Terminal } from './terminal.ts';
import { isWaiting, mustHaveEnded, unfinishedRun } from './unfinished.ts';

/** Takes up a live run whose process ended, with the drill and the topology that stand in its journal. */
export async function resumeCommand(folder: string, options: LeadOptions, terminal: Terminal): Promise<number> {
  const { loaded, journalPath } = unfinishedRun(folder);
  const account = await connect(loaded);
  // What was changed has to be seen to, whether or not it can be sealed.
  const key = await signingKey(account).catch(unsealed(terminal, sealedLater(folder)));
  const leader = { topology: loaded.topology.topology, owner: owner(), run: folder, clock: account.clock };
  const store = leaseOn(loaded.topology, account);
  const lease = isWaiting(journalPath, loaded.drill)
    ? undefined
    : await takeLeaseInTime(store, leader, (why) => terminal.err(`${why} Waiting for it to run out.\n`));
  const claim = () => {
    mustHaveEnded(dirname(folder), loaded, folder);
    return takeLease(store, leader);
  };
  const { exitCode } = await lead(
    {
      drill: loaded.drill,
      journalPath,
      live: { key },
      where: `LIVE, account ${loaded.topology.account}, resumed`,
      watchable: true,
      work: (leading) =>
        resumeLive(account, {
          ...loaded,
          ...leading,
          folder,
          lease,
          claim,
          reopen: (clock) => reopenJournal(journalPath, clock, { sync: true }),
        }),
    },
    options,
    terminal,
  );
  return exitCode;
}
