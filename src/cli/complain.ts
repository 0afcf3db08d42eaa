import { formatMistakes } from '../drill/format-mistakes.ts';
import { DrillFileError } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What ends a run that has begun, with everything left as it stands. */
const stopsRuns = new Set(['journal-unwritable', 'journal-shared']);

/** Tells a person (or, as JSON, a machine) what was wrong and what to do; gives the exit code. */
export function complain(error: unknown, { json }: { json: boolean }, terminal: Terminal): number {
  const known = error instanceof DrillError;
  const code = known ? error.code : 'fault';
  const message = error instanceof Error ? error.message : String(error);
  const hint = known
    ? error.hint
    : 'This is a fault in dr-drill, not in your files: please report it, with the command that you gave.';
  if (json) {
    const mistakes = error instanceof DrillFileError ? { mistakes: error.mistakes } : {};
    terminal.out(`${JSON.stringify({ error: { code, message, ...(hint && { hint }), ...mistakes } }, null, 2)}\n`);
  } else {
    const what =
      error instanceof DrillFileError ? formatMistakes(error.mistakes, { colour: terminal.colour }) : `${message}\n`;
    terminal.err(`${what}${hint ? `\n${hint}\n` : ''}`);
  }
  if (!known) return exitCodes.fault;
  return stopsRuns.has(code) ? exitCodes.failed : exitCodes['bad-input'];
}
