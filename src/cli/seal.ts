import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { DrillError } from '../errors.ts';
import { type Files, MANIFEST } from '../evidence/manifest.ts';
import { sealOf } from '../evidence/seal.ts';
import type { SigningKey } from '../evidence/signing-key.ts';
import { readJournal } from '../journal/journal.ts';
import { writeWhole } from './write-reports.ts';

/** Where the keys of this machine lie; DR_DRILL_KEYS names another folder. */
export const keysFolder = (): string => process.env.DR_DRILL_KEYS ?? join(homedir(), '.dr-drill', 'keys');

/** Seals a run that has ended, once: a seal is never made again, as nobody could tell what it replaced. */
export async function sealRun(journalPath: string, reports: Files, key: SigningKey): Promise<void> {
  const folder = dirname(resolve(journalPath));
  if (existsSync(join(folder, MANIFEST))) {
    throw new DrillError('sealed-already', `${folder} is sealed already.`, {
      hint: 'dr-drill verify tells whether it is as it was sealed.',
    });
  }
  const { entries } = readJournal(journalPath);
  const journal = readFileSync(journalPath);
  const seal = await sealOf(basename(folder), { entries, journal, reports }, key);
  for (const [file, bytes] of seal) writeWhole(join(folder, file), bytes);
}
