import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../clock/real-clock.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { readJournal, reopenJournal } from '../journal/journal.ts';
import { lastEntries } from '../journal/last-entries.ts';
import { leaveAnswer } from '../live/people.ts';
import { requestAbort } from './abort-request.ts';
import { exitCodes } from './exit-codes.ts';
import { type LeadOptions, lead } from './lead.ts';
import { takeLeaseInTime } from './lease.ts';
import { connect, resumeLive } from './live.ts';
import type { Terminal } from './terminal.ts';
import { JOURNAL } from './write-reports.ts';

/** Takes up a live run whose process ended, with the drill and the topology that stand in its journal. */
export async function resumeCommand(folder: string, options: LeadOptions, terminal: Terminal): Promise<number> {
  const { loaded, journalPath } = unfinished(folder);
  const account = await connect(loaded);
  const lease = await takeLeaseInTime(loaded.topology, folder, (why) =>
    terminal.err(`${why} Waiting for it to run out.\n`),
  );
  return lead(
    {
      drill: loaded.drill,
      journalPath,
      where: `LIVE, account ${loaded.topology.account}, resumed`,
      watchable: true,
      work: (leading) =>
        resumeLive(account, {
          ...loaded,
          ...leading,
          folder,
          lease,
          reopen: (clock) => reopenJournal(journalPath, clock, { sync: true }),
        }),
    },
    options,
    terminal,
  );
}

/** Asks whoever leads a run, here or in another process, to abort it. */
export function abortCommand(folder: string, { reason }: { reason?: string }, terminal: Terminal): number {
  unfinished(folder);
  requestAbort(folder, reason);
  terminal.out(`${folder} was asked to abort. If no process leads it any more: dr-drill resume ${folder}\n`);
  return exitCodes.passed;
}

/** Leaves a person's answer to a run that waits for one. */
export function approveCommand(
  folder: string,
  options: { by?: string; refuse?: boolean; reason?: string },
  terminal: Terminal,
): number {
  const { journalPath } = unfinished(folder);
  const by = options.by ?? userInfo().username;
  const question = questionIn(journalPath);
  if (question === undefined) {
    throw new DrillError('nothing-asked', 'This run waits for nobody’s approval now.', {
      hint: 'Follow it on its own screen, or with `dr-drill report`.',
    });
  }
  const { reason, refuse = false } = options;
  leaveAnswer(folder, { by, atMs: realClock().nowMs(), approves: !refuse, ...(reason !== undefined && { reason }) });
  terminal.out(`${question} ${by} ${refuse ? 'refuses' : 'approves'}.\n`);
  return exitCodes.passed;
}

/** What is being asked: nothing, where the phase is over or has not begun. */
function questionIn(journalPath: string): string | undefined {
  const { entries } = readJournal(journalPath);
  const phase = entries.findLast((entry) => entry.type === 'phase-entered')?.phase;
  return phase === 'approve' ? entries.findLast((entry) => entry.type === 'approval-asked')?.question : undefined;
}

function unfinished(folder: string): { loaded: LoadedDrill; journalPath: string } {
  const journalPath = join(folder, JOURNAL);
  const ends = lastEntries(journalPath);
  if (!ends || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DrillError('run-missing', `There is no run in ${folder}.`, {
      hint: 'Name a run folder, such as one under runs/.',
    });
  }
  const { header, last } = ends;
  if (last.type === 'run-ended') {
    throw new DrillError('run-ended', `This run has ended already: ${last.outcome}.`, {
      hint: `\`dr-drill report ${folder}\` makes its reports again.`,
    });
  }
  if (header.mode === 'dry-run') {
    throw new DrillError(
      'dry-run',
      'A dry run leaves nothing behind that would have to be gone on with: its world ended with it.',
      {
        hint: `Run it again; the same seed (${header.seed}) takes the same course.`,
      },
    );
  }
  return { loaded: { drill: header.drill, topology: header.topology, drillPath: '', topologyPath: '' }, journalPath };
}
