import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { DrillError } from '../errors.ts';
import { BEFORE, type Files } from '../evidence/manifest.ts';
import { fingerprintOf } from '../evidence/signing-key.ts';
import { type Tampering, type Verification, verify } from '../evidence/verify.ts';
import { mostBytes, partsOf, readShared, readText } from '../read-file.ts';
import { formatsAmong } from '../report/formats.ts';
import { caveatOf } from '../report/verdict-words.ts';
import { visibleIn } from '../visible.ts';
import { exitCodes } from './exit-codes.ts';
import { keysFolder } from './keys-folder.ts';
import type { Terminal } from './terminal.ts';
import { tool } from './version.ts';
import { beforeIn, reportsOf } from './write-reports.ts';

export interface VerifyCommandOptions {
  /** Public keys as PEM files, or fingerprints. */
  key: string[];
  json?: boolean;
}

/** Tells whether a run, or its bundle, is as it was sealed. Gives 1 where anything was altered. */
export async function verifyCommand(path: string, options: VerifyCommandOptions, terminal: Terminal): Promise<number> {
  const trusted = options.key.map(fingerprint);
  const { tampering: found, stampedAt, ...sealed } = await verified(path, trusted);
  const tampering = visibleIn([...found, ...(await cutSince(path))]);
  const seal = { ...visibleIn(sealed), stampedAt };
  if (options.json) terminal.asIs(`${JSON.stringify(asData(seal, tampering, trusted), null, 2)}\n`);
  else tell(path, seal, tampering, trusted, terminal);
  if (tampering.length > 0) return exitCodes['target-missed'];
  return seal.notVouchedFor === undefined ? exitCodes.passed : exitCodes['not-vouched-for'];
}

/** Holds a run folder, or a bundle, against its seal. */
export async function verified(path: string, trusted: readonly string[] = []): Promise<Verification> {
  return verify(await read(path), {
    ...(trusted.length > 0 && { trusted }),
    tool,
    isReport: (file) => formatsAmong([file]).length > 0,
    remake: async (entries, journalHash, beside) => {
      const before = beforeIn(beside.get(BEFORE));
      return (await reportsOf(entries, { journalHash, before, formats: formatsAmong(beside.keys()) })).files;
    },
  });
}

type Seal = Omit<Verification, 'tampering'>;

function asData(
  { key, manifest, stampedAt, debriefedBy, notVouchedFor }: Seal,
  tampering: Tampering[],
  trusted: string[],
) {
  return {
    intact: tampering.length === 0,
    reports: tampering.length > 0 ? 'altered' : notVouchedFor === undefined ? 'follow-from-journal' : 'not-vouched-for',
    ...(notVouchedFor !== undefined && { notVouchedFor }),
    key: key && { ...key, ...expected(key.fingerprint, trusted) },
    run: manifest?.run,
    mode: manifest?.mode,
    elsewhere: manifest?.elsewhere ?? null,
    tool: manifest?.tool,
    sealedLater: manifest?.later ?? null,
    unseenLines: manifest?.unseenLines ?? 0,
    stampedAt: stampedAt ?? null,
    debriefedBy: debriefedBy.map((one) => ({ fingerprint: one, ...expected(one, trusted) })),
    tampering,
  };
}

function tell(
  path: string,
  { key, manifest, stampedAt, debriefedBy, notVouchedFor }: Seal,
  tampering: Tampering[],
  trusted: string[],
  terminal: Terminal,
): void {
  const { green, red, yellow, bold } = pc.createColors(terminal.colour);
  for (const one of tampering) terminal.out(`${red('✘')} ${told(one)}\n`);
  const name = bold(manifest?.run ?? path);
  const rehearsal = manifest && caveatOf(manifest.mode, manifest.elsewhere);
  const caveat = rehearsal ? `. ${yellow(rehearsal)}` : '';
  if (tampering.length === 0 && notVouchedFor === undefined)
    terminal.out(`${green('✔')} ${name} is as it was sealed, and every figure follows from its journal${caveat}\n`);
  if (tampering.length === 0 && notVouchedFor !== undefined)
    terminal.out(`${yellow('!')} ${name} is as it was sealed: chain and seal were checked${caveat}\n`);
  if (notVouchedFor !== undefined)
    terminal.out(`${yellow('!')} Its reports are not vouched for: ${notVouchedFor}. Verify them with that version.\n`);
  if (key)
    terminal.out(
      `  sealed with the ${key.algorithm} key ${key.fingerprint}${whose(key.fingerprint, trusted, manifest?.unseenLines)}\n`,
    );
  if (manifest?.later)
    terminal.out(
      `  sealed later: the run ended ${manifest.later.endedAt}, the seal was made ${manifest.later.sealedAt}\n`,
    );
  if (manifest?.unseenLines)
    terminal.out(
      `${yellow('!')} The machine that sealed it did not see ${manifest.unseenLines} of ${manifest.journal.lines} lines of the journal as they were written, and cannot vouch for them.\n`,
    );
  if (stampedAt)
    terminal.out(
      `  time-stamped ${stampedAt.toISOString()}, by an authority to be judged with openssl: see the bundle's README\n`,
    );
  for (const one of debriefedBy) terminal.out(`  debrief signed with the key ${one}${whose(one, trusted)}\n`);
}

/** What runs beside it remember; a bundle stands alone, and has its debrief packed. */
async function cutSince(path: string): Promise<Tampering[]> {
  if (!statSync(path).isDirectory()) return [];
  const { debriefCut } = await import('./debriefs.ts');
  return debriefCut(path);
}

const told = ({ file, line, what }: Tampering): string =>
  `${file}${line === undefined ? '' : `, line ${line},`} ${what}`;

/** A seal says that nothing was altered since, by anyone else than who holds the key: whose it is must be known from elsewhere. */
function whose(fingerprint: string, trusted: readonly string[], unseenLines = 0): string {
  const { expected: isExpected, expectedBy } = expected(fingerprint, trusted);
  if (isExpected && expectedBy === '--key') return ', which you trust';
  if (isExpected) return unseenLines > 0 ? ', a key that is stored here' : ', the key of this machine';
  return ': compare it with what its owner published, or give it as --key';
}

/** Whether this machine holds the key. */
export const isOwnKey = (fingerprint: string): boolean => expected(fingerprint, []).expected === true;

/** Whether a key is one that was expected here, and by what; `null`, where nothing says which is. */
function expected(
  fingerprint: string,
  trusted: readonly string[],
): { expected: boolean | null; expectedBy: '--key' | 'this machine' | null } {
  if (trusted.length > 0) return { expected: trusted.includes(fingerprint), expectedBy: '--key' };
  try {
    const own = readText(join(keysFolder(), 'signing-key.pem'), mostBytes.note);
    if (fingerprintOf(own) === fingerprint) return { expected: true, expectedBy: 'this machine' };
  } catch {
    // There is none here.
  }
  return { expected: null, expectedBy: null };
}

/** A run folder, or a bundle. */
async function read(path: string): Promise<Files> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found)
    throw new DrillError('run-missing', `There is no run and no bundle at ${path}.`, {
      hint: 'Name a run folder, such as one under runs/, or a bundle.',
    });
  if (!found.isDirectory()) {
    const { filesIn } = await import('../evidence/bundle.ts');
    return filesIn(partsOf(path, mostBytes.bundle), path);
  }
  const names = readdirSync(path, { withFileTypes: true }).filter((one) => one.isFile());
  return new Map(names.map(({ name }) => [name, readShared(join(path, name), mostBytes.evidence)]));
}

function fingerprint(given: string): string {
  if (/^[0-9a-f]{64}$/.test(given)) return given;
  try {
    return fingerprintOf(readText(given, mostBytes.note));
  } catch (cause) {
    throw new DrillError('key-unusable', `${given} is neither a public key nor a fingerprint.`, {
      hint: 'Give a PEM file, or the 64 hexadecimal digits that verify prints.',
      cause,
    });
  }
}
