import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DrillError } from '../errors.ts';
import { bundleOf } from '../evidence/bundle.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import { lastEntries } from '../journal/last-entries.ts';
import { mostBytes, readBytes } from '../read-file.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import type { Retention } from './upload-bundle.ts';
import { writeWhole } from './write-reports.ts';

interface BundleCommandOptions extends Retention {
  output?: string;
  /** A place in S3. */
  upload?: string;
}

/** Packs a sealed run into one archive, the same to the byte whenever it is done; and has S3 keep it, where it is told to. */
export async function bundleCommand(
  run: string,
  { output, upload, ...retention }: BundleCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (!existsSync(run))
    throw new DrillError('run-missing', `There is no run at ${run}.`, {
      hint: 'Name a run folder, such as one under runs/.',
    });
  const names = readdirSync(run, { withFileTypes: true }).filter((one) => one.isFile());
  const files = new Map(names.map(({ name }) => [name, readBytes(join(run, name), mostBytes.evidence)]));
  const path = output ?? `${basename(resolve(run))}.zip`;
  const bytes = bundleOf(files);
  writeWhole(path, bytes);
  terminal.out(`${path}\n`);
  const header = lastEntries(join(run, JOURNAL))?.header;
  if (upload === undefined || !header) return exitCodes.passed;
  const { uploadBundle } = await import('./upload-bundle.ts');
  const wanted = { where: upload, name: `${basename(resolve(run))}.zip`, topology: header.topology, retention };
  const { url, until } = await uploadBundle(bytes, wanted);
  terminal.out(`${url}, kept until ${until.slice(0, 10)}\n`);
  return exitCodes.passed;
}
