import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DrillError } from '../errors.ts';
import { bundleOf, tooLarge } from '../evidence/bundle.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import { lastEntries } from '../journal/last-entries.ts';
import { mostBytes, partsOf, readBytes } from '../read-file.ts';
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
  const path = output ?? `${basename(resolve(run))}.zip`;
  const isThere = new Set(readdirSync(run, { withFileTypes: true }).flatMap((one) => (one.isFile() ? [one.name] : [])));
  const parts = bundleOf((name) => (isThere.has(name) ? partsOf(join(run, name), mostBytes.evidence) : undefined));
  writeWhole(path, upTo(mostBytes.bundle, parts));
  terminal.out(`${path}\n`);
  if (upload === undefined) return exitCodes.passed;
  const header = lastEntries(join(run, JOURNAL))?.header;
  if (!header) return exitCodes.passed;
  const { uploadBundle } = await import('./upload-bundle.ts');
  const wanted = { where: upload, name: `${basename(resolve(run))}.zip`, topology: header.topology, retention };
  const { url, until } = await uploadBundle(readBytes(path, mostBytes.bundle), wanted);
  terminal.out(`${url}, kept until ${until.slice(0, 10)}\n`);
  return exitCodes.passed;
}

function* upTo(most: number, parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  let length = 0;
  for (const part of parts) {
    length += part.length;
    if (length > most) throw tooLarge(`has more than ${most / 1024 / 1024} MiB`);
    yield part;
  }
}
