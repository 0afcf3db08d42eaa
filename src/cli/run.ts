import { join } from 'node:path';
import { type Clock, isoTime } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { candidatesOf, surpriseOf } from '../drill/candidates.ts';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { mustLeaveParameters } from '../drill/override.ts';
import { DrillError } from '../errors.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import { headKeeper } from '../journal/head.ts';
import { fileJournal } from '../journal/journal.ts';
import { toCloudWatchOf } from './cloudwatch.ts';
import { dryRun, type RunCommandOptions } from './dry-run.ts';
import { headsFolder } from './keys-folder.ts';
import { type Led, lead } from './lead.ts';
import { runningModules } from './own-steps.ts';
import { makeRunFolder } from './run-folder.ts';
import { headLost, signingKey } from './seal.ts';
import type { Terminal } from './terminal.ts';

/** Runs a drill and reports it, or rehearses several; gives the exit code that the outcome has, the worst of several. */
export async function runCommand(paths: string[], options: RunCommandOptions, terminal: Terminal): Promise<number> {
  mustFitTogether(options);
  const [path = '', ...others] = paths;
  if (others.length > 0) return (await import('./run-many.ts')).runMany(paths, options, terminal);
  const { set: overrides } = options;
  const loaded = loadDrill(path, { overrides, vocabulary: runningModules(terminal) });
  const led = options.live ? runForReal(loaded, options, terminal) : dryRun(loaded, options, terminal);
  return (await led).exitCode;
}

/** Sees to everything that a live run needs before it begins; nothing has been changed until then. */
async function runForReal(loaded: LoadedDrill, options: RunCommandOptions, terminal: Terminal): Promise<Led> {
  const { set: overrides, readOnly = false, confirm, runs } = options;
  const { connect } = await import('./live-account.ts');
  const { lookAtLive, mustBeAsDescribed, mustBeConfirmed, mustConsentTo } = await import('./before-live.ts');
  const { runLive } = await import('./live.ts');
  const { mustHaveEnded } = await import('./unfinished.ts');
  const { proverFor } = await import('./prove.ts');
  const { leaseOn, owner } = await import('./lease-store.ts');
  const { takeLease } = await import('../lease/lease.ts');
  mustLeaveParameters(overrides);
  if (!readOnly) await mustConsentTo(loaded);
  mustHaveEnded(runs, loaded);
  const isSurprise = surpriseOf(loaded.drill) !== undefined;
  if (isSurprise && readOnly)
    throw new DrillError('usage', '--read-only does not work with a surprise drill.', {
      hint: `Look with one that it may turn out to be: ${candidatesOf(loaded.drill)
        .map(({ drill }) => drill)
        .join(', ')}.`,
    });
  const account = await connect(loaded);
  await lookAtLive(loaded, account)((found) => mustBeAsDescribed(loaded, found, { readOnly }));
  // Before anything happens: a run that cannot be sealed is no evidence.
  const key = await signingKey(account);
  if (!readOnly) await mustBeConfirmed(loaded, { given: confirm, overrides }, account.arn, terminal);
  const startMs = realClock().wallMs();
  const leader = {
    topology: loaded.topology.topology,
    owner: owner(),
    run: `${loaded.drill.drill} of ${isoTime(startMs)}`,
    clock: account.clock,
    waiting: (why: string) => terminal.err(`${why}\n`),
  };
  const take = () => takeLease(leaseOn(loaded.topology, account), leader);
  const lease = readOnly || isSurprise ? undefined : await take();
  const folder = makeRunFolder(runs, loaded.drill.drill, startMs);
  // Others may drill while it waits.
  const claim = () => {
    mustHaveEnded(runs, loaded, folder);
    return take();
  };
  const journalPath = join(folder, JOURNAL);
  const head = headKeeper(headsFolder(), { run: folder, told: headLost(terminal) });
  const openJournal = (clock: Clock) => fileJournal(journalPath, clock, { sync: true, head });
  return lead(
    {
      drill: loaded.drill,
      journalPath,
      live: {
        key,
        head,
        prove: proverFor(loaded.topology, {}),
        toCloudWatch: toCloudWatchOf(loaded.topology, account),
      },
      where: `LIVE${readOnly ? ', read only' : ''}, account ${loaded.topology.account}`,
      watchable: true,
      work: (leading) =>
        runLive(account, { ...loaded, ...leading, folder, lease, claim, overrides, readOnly, openJournal }),
    },
    options,
    terminal,
  );
}

/** A dry run has no account, and a live one no seed. */
function mustFitTogether({ set, live, readOnly, confirm, seed, speed, metrics }: RunCommandOptions): void {
  const strange = live
    ? [seed !== undefined && '--seed', speed !== undefined && '--speed']
    : [readOnly && '--read-only', confirm !== undefined && '--confirm', metrics !== undefined && '--metrics'];
  const option = strange.find((one) => one !== false && one !== undefined);
  // Another topology may name another account.
  if (live && set.some((one) => /^\s*topology\s*=/.test(one)))
    throw new DrillError('usage', '--set topology=… is for a dry run only.', {
      hint: 'Write a drill file that names the other topology.',
    });
  if (!option) return;
  const only = live ? 'a dry run' : 'a live run';
  throw new DrillError('usage', `${option} is for ${only} only.`, {
    hint: live ? 'Leave it away, or leave --live away.' : 'Add --live, or leave it away.',
  });
}
