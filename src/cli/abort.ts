import { requestAbort } from './abort-request.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { unfinishedRun } from './unfinished.ts';

/** Asks whoever leads a run, here or in another process, to abort it. */
export function abortCommand(folder: string, { reason }: { reason?: string }, terminal: Terminal): number {
  unfinishedRun(folder);
  requestAbort(folder, reason);
  terminal.out(`${folder} was asked to abort. If no process leads it any more: dr-drill resume ${folder}\n`);
  return exitCodes.passed;
}
