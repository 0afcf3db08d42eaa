import { dirname } from 'node:path';
import { journalLeft } from '../journal/journal.ts';
import { takeLease } from '../lease/lease.ts';
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
  const leader = {
    topology: loaded.topology.topology,
    owner: owner(),
    run: folder,
    clock: account.clock,
    waiting: (why: string) => terminal.err(`${why}\n`),
  };
  const take = () => takeLease(leaseOn(loaded.topology, account), leader);
  const lease = isWaiting(journalPath, loaded.drill) ? undefined : await take();
  const claim = () => {
    mustHaveEnded(dirname(folder), loaded, folder);
    return take();
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
          left: () => journalLeft(journalPath, { sync: true }),
        }),
    },
    options,
    terminal,
  );
  return exitCode;
}
