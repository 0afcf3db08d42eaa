import { candidatesOf } from '../drill/candidates.ts';
import type { Drill } from '../drill/drill.ts';
import type { Vocabulary } from '../drill/load.ts';
import { vocabulary, vocabularyWithoutModules } from '../runbook/vocabulary.ts';
import { guardAgainstOwnCode } from './own-code.ts';
import type { Terminal } from './terminal.ts';

/** For the commands that run a drill: says of each module that its code is run. */
export const runningModules = (terminal: Pick<Terminal, 'err'>): Vocabulary => ({
  ...vocabulary,
  takeInSteps(file) {
    terminal.err(`Runs the code of ${file}, which the drill file names under steps.\n`);
    return guarded(file);
  },
});

/** For the commands that read a drill: runs no module, except in the process that was started for it. */
export const readingModules = ({ loadSteps }: Asked): Vocabulary =>
  loadSteps ? { ...vocabulary, takeInSteps: guarded } : vocabularyWithoutModules;

interface Asked {
  loadSteps?: boolean | undefined;
}

/** Modules that a drill names and that were not run. */
export const notLoaded = (drill: Drill, { loadSteps }: Asked): string[] =>
  loadSteps ? [] : candidatesOf(drill).flatMap((one) => (one.machine === 'custom' ? one.steps : []));

/** What a person is told of them. */
export const notLoadedLines = (files: readonly string[]): string[] =>
  files.length === 0
    ? []
    : [
        `Not loaded: ${files.join(', ')}.`,
        'The steps of these modules are shown as the drill file has them; their parameters, calls and permissions are not known.',
        'Load them with --load-steps, which runs their code in a separate process.',
      ];

function guarded(file: string): string | undefined {
  guardAgainstOwnCode();
  return vocabulary.takeInSteps(file);
}
