import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { DrillError } from '../errors.ts';
import { type Files, MANIFEST } from '../evidence/manifest.ts';
import { sealOf, type TimestampAuthority } from '../evidence/seal.ts';
import type { SigningKey } from '../evidence/signing-key.ts';
import { readJournal } from '../journal/journal.ts';
import { writeWhole } from './write-reports.ts';

/** Where the keys of this machine lie; DR_DRILL_KEYS names another folder. */
export const keysFolder = (): string => process.env.DR_DRILL_KEYS ?? join(homedir(), '.dr-drill', 'keys');

/** Seals a run that has ended, once: a seal is never made again, as nobody could tell what it replaced. */
export async function sealRun(
  journalPath: string,
  reports: Files,
  key: SigningKey,
  timestamp?: TimestampAuthority,
): Promise<void> {
  const folder = dirname(resolve(journalPath));
  if (existsSync(join(folder, MANIFEST))) {
    throw new DrillError('sealed-already', `${folder} is sealed already.`, {
      hint: 'dr-drill verify tells whether it is as it was sealed.',
    });
  }
  const { entries } = readJournal(journalPath);
  const journal = readFileSync(journalPath);
  const seal = await sealOf(basename(folder), { entries, journal, reports }, key, timestamp);
  for (const [file, bytes] of seal) writeWhole(join(folder, file), bytes);
}

/** A time-stamp authority must answer in this time: somebody waits to hear how the drill ended. */
const STAMPED_WITHIN_MS = 20_000;

/**
 * The authority that DR_DRILL_TSA names, for live runs: a dry run goes nowhere. Where it gives no stamp, the seal has none, and `tell` is
 * told why.
 */
export function authority(tell: (why: string) => void): TimestampAuthority | undefined {
  const url = process.env.DR_DRILL_TSA;
  if (url === undefined || url === '') return undefined;
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new DrillError('usage', `DR_DRILL_TSA is no URL: ${url}`, {
      hint: 'Name a time-stamp authority by RFC 3161.',
    });
  return async (bytes) => {
    const { timestampBy } = await import('../evidence/time-stamp.ts');
    try {
      return await timestampBy(url, AbortSignal.timeout(STAMPED_WITHIN_MS))(bytes);
    } catch (error) {
      if (!(error instanceof DrillError)) throw error;
      tell(`${error.message} ${error.hint}`);
      return undefined;
    }
  };
}
