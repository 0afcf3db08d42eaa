import { dirname } from 'node:path';
import { isKind } from '../components/index.ts';
import { allComponents } from '../drill/components.ts';
import type { LoadedDrill } from '../drill/load.ts';
import type { Topology } from '../drill/topology.ts';
import { mustHaveComponents } from '../journal/former-topology.ts';
import { headKeeper, type Seen, seenOf } from '../journal/head.ts';
import { journalLeft, lineHash } from '../journal/journal.ts';
import { lastEntries } from '../journal/last-entries.ts';
import { takeLease } from '../lease/lease.ts';
import { toCloudWatchOf } from './cloudwatch.ts';
import { headsFolder } from './keys-folder.ts';
import { type LeadOptions, lead } from './lead.ts';
import { leaseOn, owner } from './lease-store.ts';
import { resumeLive } from './live.ts';
import { connect } from './live-account.ts';
import { proverFor } from './prove.ts';
import { mustBeSameAws } from './same-aws.ts';
import { headLost, sealedLater, signingKey, unsealed } from './seal.ts';
import { sensible } from './strange-journal.ts';
import type { Terminal } from './terminal.ts';
import { isWaiting, mustHaveEnded, takeInAgain, unfinishedRun } from './unfinished.ts';

/** Resumes a live run whose process ended, with the drill and the topology that are in its journal. */
export async function resumeCommand(
  folder: string,
  options: ResumeCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { loaded, journalPath } = unfinishedRun(folder);
  const seen = seenOf(headsFolder(), journalPath);
  await sensible(journalPath, () => takeInAgain(loaded.drill, { isAsked: options.loadSteps === true }, terminal));
  return takeUp({ folder, loaded, journalPath, seen }, options, terminal);
}

export type ResumeCommandOptions = LeadOptions & { loadSteps?: boolean };

export interface TakenUp {
  folder: string;
  loaded: LoadedDrill;
  journalPath: string;
  /** What this machine saw of the journal; nothing, where it led none of it. */
  seen: Seen | undefined;
  /** Of a run that has ended: asks for consent, keeps what was sealed of it, and leaves the decision that it is opened for. */
  reopen?: (arn: string) => Promise<void>;
}

/** Leads a live run on from where its journal stands; the modules that it was begun with have been loaded. */
export async function takeUp(
  { folder, loaded, journalPath, seen, reopen }: TakenUp,
  options: ResumeCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const ends = lastEntries(journalPath);
  if (ends) mustHaveComponents(ends.header);
  await sensible(journalPath, () => mustKnowKinds(loaded.topology));
  const head = headKeeper(headsFolder(), {
    run: folder,
    unseen: seen ? seen.unseen : (ends?.last.seq ?? 0),
    ...(ends && { firstLine: lineHash(JSON.stringify(ends.header)) }),
    told: headLost(terminal),
  });
  const account = await connect(loaded);
  if (ends) mustBeSameAws(ends.header, account.transport);
  await reopen?.(account.arn);
  // Changes must be undone or kept properly, whether or not the run can be sealed.
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
      live: {
        key,
        head,
        prove: proverFor(loaded.topology, {}),
        toCloudWatch: toCloudWatchOf(loaded.topology, account),
      },
      where: `LIVE, account ${loaded.topology.account}, resumed`,
      watchable: true,
      work: (leading) =>
        resumeLive(account, {
          ...loaded,
          ...leading,
          folder,
          lease,
          claim,
          left: () => journalLeft(journalPath, { sync: true, head }),
          reopen: reopen !== undefined,
        }),
    },
    options,
    terminal,
  );
  return exitCode;
}

function mustKnowKinds(topology: Topology): void {
  for (const { id, kind } of allComponents(topology))
    if (!isKind(kind)) throw new Error(`${id} is of no kind that is known`);
}
