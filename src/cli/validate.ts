import pc from 'picocolors';
import { formatMistakes } from '../drill/format-mistakes.ts';
import { validateFile } from '../drill/validate.ts';
import { exitCodes } from './exit-codes.ts';
import { notLoaded, notLoadedLines, readingModules } from './own-steps.ts';
import type { Terminal } from './terminal.ts';

/** Checks drill and topology files; tells every mistake of every file. */
export function validateCommand(
  paths: string[],
  options: { json?: boolean; loadSteps?: boolean },
  terminal: Terminal,
): number {
  const vocabulary = readingModules(options);
  const verdicts = paths.map((path) => {
    const { drill, ...verdict } = validateFile(path, { vocabulary });
    const missing = drill ? notLoaded(drill, options) : [];
    return { ...verdict, ...(missing.length > 0 && { notLoaded: missing }) };
  });
  const invalid = verdicts.filter(({ mistakes }) => mistakes.length > 0);
  if (options.json) {
    terminal.asIs(`${JSON.stringify({ valid: invalid.length === 0, files: verdicts }, null, 2)}\n`);
  } else {
    const { green } = pc.createColors(terminal.colour);
    for (const { path, kind, mistakes, notLoaded: missing = [] } of verdicts) {
      if (mistakes.length === 0) {
        terminal.out(`${green('✔')} ${path}  ${kind}\n`);
        for (const line of notLoadedLines(missing)) terminal.out(`  ${line}\n`);
      } else terminal.err(`${formatMistakes(mistakes, terminal)}\n`);
    }
    const count = invalid.reduce((total, { mistakes }) => total + mistakes.length, 0);
    if (count > 0) terminal.err(`${told(count, 'mistake')} in ${told(invalid.length, 'file')}.\n`);
  }
  return invalid.length === 0 ? exitCodes.passed : exitCodes['bad-input'];
}

const told = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
