import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DrillError } from '../errors.ts';
import { bundleOf } from '../evidence/bundle.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { writeWhole } from './write-reports.ts';

/** Packs a sealed run into one archive, the same to the byte whenever it is done. */
export function bundleCommand(run: string, { output }: { output?: string }, terminal: Terminal): number {
  if (!existsSync(run))
    throw new DrillError('run-missing', `There is no run at ${run}.`, {
      hint: 'Name a run folder, such as one under runs/.',
    });
  const names = readdirSync(run, { withFileTypes: true }).filter((one) => one.isFile());
  const files = new Map(names.map(({ name }) => [name, readFileSync(join(run, name))]));
  const path = output ?? `${basename(resolve(run))}.zip`;
  writeWhole(path, bundleOf(files));
  terminal.out(`${path}\n`);
  return exitCodes.passed;
}
