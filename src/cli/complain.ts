import { DrillFileError } from '../drill/drill-file-error.ts';
import { formatMistakes } from '../drill/format-mistakes.ts';
import { DrillError } from '../errors.ts';
import { refusal } from '../live/refusals.ts';
import { withoutSecrets, withoutSecretsIn } from '../secrets.ts';
import { visible, visibleIn } from '../visible.ts';
import { exitCodes } from './exit-codes.ts';
import { fileTrouble } from './file-trouble.ts';
import type { Terminal } from './terminal.ts';

/** What ends a run that has begun, with everything left as it stands. */
const stopsRuns = new Set(['journal-unwritable', 'journal-shared']);

/** Tells a person (or, as JSON, a machine) what was wrong and what to do; gives the exit code. */
export function complain(met: unknown, { json }: { json: boolean }, terminal: Terminal): number {
  // What AWS, the network or anything else outside did is no defect of ours, wherever it was met.
  const error = fileTrouble(refusal(met));
  const known = error instanceof DrillError;
  const code = known ? error.code : 'fault';
  const message = withoutSecrets(visible(error instanceof Error ? error.message : String(error)));
  const hint = known
    ? error.hint && withoutSecrets(error.hint)
    : 'This is a defect in dr-drill, not in your files or your account. Please report it with the command that you ran.';
  if (json) {
    const mistakes = error instanceof DrillFileError ? { mistakes: withoutSecretsIn(visibleIn(error.mistakes)) } : {};
    terminal.asIs(`${JSON.stringify({ error: { code, message, ...(hint && { hint }), ...mistakes } }, null, 2)}\n`);
  } else {
    const what =
      error instanceof DrillFileError
        ? formatMistakes(withoutSecretsIn(visibleIn(error.mistakes)), terminal)
        : `${message}\n`;
    terminal.err(`${what}${hint ? `\n${hint}\n` : ''}`);
  }
  if (!known) return exitCodes.fault;
  return stopsRuns.has(code) ? exitCodes.failed : exitCodes['bad-input'];
}
