import { join } from 'node:path';
import { type Clock, isoTime } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import { fileJournal } from '../journal/journal.ts';
import { vocabulary } from '../runbook/vocabulary.ts';
import { type LeadOptions, lead } from './lead.ts';
import { rehearse } from './rehearse.ts';
import { makeRunFolder } from './run-folder.ts';
import type { Terminal } from './terminal.ts';

export interface RunCommandOptions extends LeadOptions {
  set: string[];
  runs: string;
  seed?: number;
  speed?: number;
  live?: boolean;
  readOnly?: boolean;
  confirm?: string;
}

/** Runs a drill and reports it; gives the exit code that its outcome has. */
export async function runCommand(path: string, options: RunCommandOptions, terminal: Terminal): Promise<number> {
  mustFitTogether(options);
  const { set: overrides } = options;
  const loaded = loadDrill(path, { overrides, vocabulary });
  return options.live ? runForReal(loaded, options, terminal) : rehearsal(loaded, options, terminal);
}

function rehearsal(loaded: LoadedDrill, options: RunCommandOptions, terminal: Terminal): Promise<number> {
  const { set: overrides, seed, speed } = options;
  const journalPath = join(makeRunFolder(options.runs, loaded.drill.drill, realClock().nowMs()), JOURNAL);
  // A dry run changes nothing that could not be done again, so it need not wait for the disk.
  const openJournal = (clock: Clock) => fileJournal(journalPath, clock, { sync: false });
  return lead(
    {
      drill: loaded.drill,
      journalPath,
      where: `dry run in simulated AWS, seed ${seed ?? loaded.drill.simulation.seed}`,
      watchable: speed !== undefined,
      work: (leading) => rehearse({ ...loaded, ...leading, overrides, seed, speed, openJournal }),
    },
    options,
    terminal,
  );
}

/** Sees to everything that a live run needs before it begins; nothing has been changed until then. */
async function runForReal(loaded: LoadedDrill, options: RunCommandOptions, terminal: Terminal): Promise<number> {
  const { set: overrides, readOnly = false, confirm, runs } = options;
  const { connect, mustBeAsDescribed, mustBeConfirmed, mustConsentTo, runLive } = await import('./live.ts');
  const { mustHaveEnded } = await import('./unfinished.ts');
  const { takeLease } = await import('./lease.ts');
  if (!readOnly) mustConsentTo(loaded);
  mustHaveEnded(runs, loaded);
  const account = await connect(loaded);
  await mustBeAsDescribed(loaded, account, { readOnly });
  if (!readOnly) await mustBeConfirmed(loaded, confirm, account.arn, terminal);
  const startMs = realClock().nowMs();
  const lease = readOnly ? undefined : takeLease(loaded.topology, `${loaded.drill.drill} of ${isoTime(startMs)}`);
  const folder = makeRunFolder(runs, loaded.drill.drill, startMs);
  const journalPath = join(folder, JOURNAL);
  const openJournal = (clock: Clock) => fileJournal(journalPath, clock, { sync: true });
  return lead(
    {
      drill: loaded.drill,
      journalPath,
      live: true,
      where: `LIVE${readOnly ? ', read only' : ''}, account ${loaded.topology.account}`,
      watchable: true,
      work: (leading) => runLive(account, { ...loaded, ...leading, folder, lease, overrides, readOnly, openJournal }),
    },
    options,
    terminal,
  );
}

/** A dry run has no account, and a live one no seed. */
function mustFitTogether({ live, readOnly, confirm, seed, speed }: RunCommandOptions): void {
  const strange = live
    ? [seed !== undefined && '--seed', speed !== undefined && '--speed']
    : [readOnly && '--read-only', confirm !== undefined && '--confirm'];
  const option = strange.find((one) => one !== false && one !== undefined);
  if (!option) return;
  const only = live ? 'a dry run' : 'a live run';
  throw new DrillError('usage', `${option} is for ${only} only.`, {
    hint: live ? 'Leave it away, or leave --live away.' : 'Add --live, or leave it away.',
  });
}
