import { userInfo } from 'node:os';
import { openQuestion } from '../board/open-question.ts';
import { realClock } from '../clock/real-clock.ts';
import { DrillError } from '../errors.ts';
import { readJournal } from '../journal/journal.ts';
import { leaveAnswer } from '../live/people.ts';
import { exitCodes } from './exit-codes.ts';
import { proverFor } from './prove.ts';
import type { Terminal } from './terminal.ts';
import { unfinishedRun } from './unfinished.ts';

/** Leaves a person's answer to a run that waits for one. */
export async function approveCommand(
  folder: string,
  options: { by?: string; role?: string; refuse?: boolean; reason?: string; key?: string },
  terminal: Terminal,
): Promise<number> {
  const { journalPath, loaded } = unfinishedRun(folder);
  const by = options.by ?? userInfo().username;
  const question = openQuestion(readJournal(journalPath).entries);
  if (question === undefined) {
    throw new DrillError('nothing-asked', 'This run waits for nobody’s approval now.', {
      hint: 'Follow it on its own screen, or with `dr-drill report`.',
    });
  }
  const { role, reason, refuse = false } = options;
  await leaveAnswer(
    folder,
    {
      by,
      ...(role !== undefined && { role }),
      step: question.step,
      ...(question.item !== undefined && { item: question.item }),
      atMs: realClock().wallMs(),
      approves: !refuse,
      ...(reason !== undefined && { reason }),
      through: 'command',
    },
    proverFor(loaded.topology, options),
  );
  terminal.out(
    `${question.question} ${by} ${question.item === undefined ? (refuse ? 'refuses' : 'approves') : refuse ? 'says no' : 'says yes'}.\n`,
  );
  return exitCodes.passed;
}
