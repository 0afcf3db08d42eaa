import { requestAbort } from './abort-request.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { unfinishedRun } from './unfinished.ts';

/** Asks the one who leads a run, here or in another process, to abort it; succeeds only where the run has taken the request. */
export async function abortCommand(
  folder: string,
  { reason }: { reason?: string },
  terminal: Terminal,
): Promise<number> {
  unfinishedRun(folder);
  if (await requestAbort(folder, reason)) {
    terminal.out(`${folder} has taken the request and aborts.\n`);
    return exitCodes.passed;
  }
  terminal.err(
    `No process leads ${folder} now. The request is kept, and the run aborts when it is resumed: dr-drill resume ${folder}\n`,
  );
  return exitCodes.unfinished;
}
