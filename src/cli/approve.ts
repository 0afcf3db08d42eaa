import { userInfo } from 'node:os';
import { realClock } from '../clock/real-clock.ts';
import { DrillError } from '../errors.ts';
import { readJournal } from '../journal/journal.ts';
import { leaveAnswer } from '../live/people.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { unfinishedRun } from './unfinished.ts';

/** Leaves a person's answer to a run that waits for one. */
export function approveCommand(
  folder: string,
  options: { by?: string; refuse?: boolean; reason?: string },
  terminal: Terminal,
): number {
  const { journalPath } = unfinishedRun(folder);
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
