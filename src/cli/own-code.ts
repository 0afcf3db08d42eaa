import { DrillError } from '../errors.ts';
import { takeLateError } from '../steps/late-errors.ts';
import { shown } from '../steps/plain-data.ts';
import type { Terminal } from './terminal.ts';

/** Set for the process that `--load-steps` starts. */
const IN_OWN_PROCESS = 'DR_DRILL_LOADS_STEPS';

export const environmentForSteps = { [IN_OWN_PROCESS]: '1' };

/** Commands that only read a drill, and run modules of its steps in a process of their own, where they are told to. */
const READING = ['list', 'validate', 'plan', 'graph', 'iam-policy', 'preflight'];

/** Whether these words ask a process that reads drills to run modules. */
export const wantsOwnProcess = (words: readonly string[]): boolean =>
  READING.includes(words[0] ?? '') && words.includes('--load-steps') && process.env[IN_OWN_PROCESS] === undefined;

const exit = process.exit.bind(process);
let isThere = false;

/** Told before a module of the user's own is run: from then on only this file ends the process, whatever the module does. */
export function guardAgainstOwnCode(): void {
  isThere = true;
  // An exit code would be the module's, not the drill's.
  process.exit = () => {
    throw new DrillError('own-step', 'A module of a drill may not end the process.');
  };
}

/** Whether modules of the user's own have run in this process. */
export const hasOwnCode = (): boolean => isThere;

/** Tells what own code threw and no step has failed with. */
export function tellLateErrors(terminal: Pick<Terminal, 'err'>): void {
  const late = takeLateError();
  if (late) terminal.err(`A module of the drill threw where nothing waited for it: ${shown(late.error)}\n`);
}

/** Ends the process at once, even if the user's own code replaced `process.exit`. */
export const exitNow = (code = process.exitCode): never => exit(code);
