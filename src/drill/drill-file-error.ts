import { DrillError } from '../errors.ts';
import { placeOf } from './format-mistakes.ts';
import { fileMistake, type Mistake } from './source-text.ts';

/** A drill or topology file that cannot be used, with everything that is wrong in it. */
export class DrillFileError extends DrillError {
  readonly mistakes: readonly Mistake[];

  constructor(path: string, mistakes: readonly Mistake[]) {
    const first = mistakes[0] ?? fileMistake(path, { message: 'the file cannot be used' });
    const more = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more)` : '';
    super('drill-file-invalid', `${placeOf(first)}  ${first.message}${more}`, {
      hint: `Correct what is listed, then try again; \`dr-drill validate ${path}\` checks it without a run.`,
    });
    this.name = 'DrillFileError';
    this.mistakes = mistakes;
  }
}
