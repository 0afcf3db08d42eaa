import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isoTime } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { DrillError } from '../errors.ts';
import { type Circumstances, type Files, JOURNAL, MANIFEST } from '../evidence/manifest.ts';
import { sealOf, type TimestampAuthority } from '../evidence/seal.ts';
import { localKey, type SigningKey } from '../evidence/signing-key.ts';
import type { EventOf } from '../journal/events.ts';
import { forgetHead, type Seen, seenOf } from '../journal/head.ts';
import { readJournal } from '../journal/journal.ts';
import { lastEntries } from '../journal/last-entries.ts';
import { mostBytes, readBytes } from '../read-file.ts';
import { formatsAmong } from '../report/formats.ts';
import { notedBefore } from './before.ts';
import { exitCodes } from './exit-codes.ts';
import { headsFolder, keysFolder } from './keys-folder.ts';
import type { LiveAccount } from './live-account.ts';
import type { Terminal } from './terminal.ts';
import { writeReports, writeWhole } from './write-reports.ts';

/**
 * The key that a run is sealed with: for a live one that of KMS that DR_DRILL_KMS_KEY names, and otherwise this machine's.
 * @param account of a live run; a dry run goes nowhere.
 */
export async function signingKey(account: LiveAccount | undefined): Promise<SigningKey> {
  const arn = process.env.DR_DRILL_KMS_KEY;
  if (!account || arn === undefined || arn === '') return localKey(keysFolder());
  const { kmsKey, kmsKeyName } = await import('../evidence/kms-key.ts');
  const { explaining, gatewayOutside } = await import('./live-account.ts');
  const name = kmsKeyName('DR_DRILL_KMS_KEY', arn);
  const { signal } = new AbortController();
  return kmsKey(name, explaining(gatewayOutside(account, [name.region])({ step: 'seal', signal })));
}

/** The key for what is said of a run later on; an account is asked only where its key is there. */
export async function keyForRun({
  mode,
  topology,
}: Pick<EventOf<'run-started'>, 'mode' | 'topology'>): Promise<SigningKey> {
  const isAsked = mode === 'live' && Boolean(process.env.DR_DRILL_KMS_KEY);
  return signingKey(isAsked ? await (await import('./live-account.ts')).connect({ topology }) : undefined);
}

/** Tells why there is no seal; the run itself stands. */
export const unsealed =
  (terminal: Terminal, instead?: string) =>
  (error: unknown): undefined => {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const hint = error instanceof DrillError ? error.hint : '';
    terminal.err(`Not sealed: ${error.message} ${instead ?? hint}\n`);
  };

/** Tells that a run whose process dies from here on is sealed as one that this machine did not see. */
export const headLost = (terminal: Terminal) => (why: string) =>
  terminal.err(`Cannot record the length of the journal beside the keys (${why}). The run continues.\n`);

export const sealedLater = (folder: string): string => `It is sealed later by: dr-drill seal ${folder}.`;

/** Seals a run that ended without a seal: its process was killed at the very end, or its key was out of reach. */
export async function sealCommand(folder: string, terminal: Terminal): Promise<number> {
  const journalPath = join(folder, JOURNAL);
  const ends = lastEntries(journalPath);
  if (!ends)
    throw new DrillError('run-missing', `There is no run in ${folder}.`, {
      hint: 'Name a run folder, such as one under runs/.',
    });
  if (ends.last.type !== 'run-ended')
    throw new DrillError('run-unfinished', 'This run has not ended yet.', {
      hint: `A live run is taken up again by: dr-drill resume ${folder}.`,
    });
  mustBeUnsealed(folder);
  const seen = seenOf(headsFolder(), journalPath);
  const key = await keyForRun(ends.header);
  const timestamp = ends.header.mode === 'live' ? authority((why) => terminal.err(`${why}\n`)) : undefined;
  const formats = formatsAmong(readdirSync(folder));
  const { files } = await writeReports(journalPath, formats.length === 0 ? {} : { formats });
  const later = { endedAt: ends.last.at, sealedAt: isoTime(realClock().wallMs()) };
  const circumstances = { later, ...unseen(seen, ends.last.seq) };
  await sealRun(journalPath, new Map([...files, ...notedBefore(folder)]), key, { timestamp, circumstances });
  forgetHead(headsFolder(), ends.header);
  terminal.out(`Sealed with the ${key.algorithm} key ${key.fingerprint}\n`);
  return exitCodes.passed;
}

/** What the sealing machine did not see of a journal as it was written; where it led none of it, that is everything. */
export function unseen(seen: Seen | undefined, lines: number): Pick<Circumstances, 'unseenLines'> {
  const unseenLines = seen ? seen.unseen : lines;
  return unseenLines === 0 ? {} : { unseenLines };
}

function mustBeUnsealed(folder: string): void {
  if (!existsSync(join(folder, MANIFEST))) return;
  throw new DrillError('sealed-already', `${folder} is sealed already.`, {
    hint: 'dr-drill verify tells whether it is as it was sealed.',
  });
}

/** Seals a run that has ended, once: a seal is never made again, as nobody could tell what it replaced. */
export async function sealRun(
  journalPath: string,
  reports: Files,
  key: SigningKey,
  {
    timestamp,
    circumstances,
    lastLine,
  }: {
    timestamp?: TimestampAuthority | undefined;
    circumstances?: Circumstances;
    /** The hash that the journal's last line had as it was written, where that was seen. */
    lastLine?: string | undefined;
  } = {},
): Promise<void> {
  const folder = dirname(resolve(journalPath));
  mustBeUnsealed(folder);
  const { entries, hash } = readJournal(journalPath);
  if (lastLine !== undefined && hash !== lastLine)
    throw new DrillError('journal-changed', `${journalPath} was changed after it was written.`, {
      hint: 'It has no seal, so its content cannot be verified.',
    });
  const journal = readBytes(journalPath, mostBytes.evidence);
  const seal = await sealOf(basename(folder), { entries, journal, reports, circumstances }, key, timestamp);
  for (const [file, bytes] of seal) writeWhole(join(folder, file), bytes);
}

/** A time-stamp authority must answer in this time: someone waits to hear how the drill ended. */
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
    const { post } = await import('../live/post.ts');
    try {
      return await timestampBy(url, AbortSignal.timeout(STAMPED_WITHIN_MS), post)(bytes);
    } catch (error) {
      if (!(error instanceof DrillError)) throw error;
      tell(`${error.message} ${error.hint}`);
      return undefined;
    }
  };
}
