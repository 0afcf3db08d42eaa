import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { DrillError } from '../errors.ts';
import { BEFORE, type Files } from '../evidence/manifest.ts';
import { fingerprintOf } from '../evidence/signing-key.ts';
import { type Tampering, verify } from '../evidence/verify.ts';
import { formatsAmong } from '../report/formats.ts';
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
  const files = await read(path);
  const trusted = options.key.map(fingerprint);
  const {
    tampering: found,
    key,
    manifest,
    debriefedBy,
    stampedAt,
  } = await verify(files, {
    ...(trusted.length > 0 && { trusted }),
    remake: async (entries, journalHash, sealed) => {
      const { report, files: reports } = await reportsOf(entries, {
        journalHash,
        before: beforeIn(sealed.get(BEFORE)),
        formats: formatsAmong(sealed.keys()),
      });
      return { tool, files: reports, figures: () => JSON.parse(JSON.stringify(report)) };
    },
  });
  const tampering = [...found, ...(await cutSince(path))];
  const intact = tampering.length === 0;
  if (options.json)
    terminal.out(
      `${JSON.stringify({ intact, key, run: manifest?.run, stampedAt: stampedAt ?? null, debriefedBy, tampering }, null, 2)}\n`,
    );
  else {
    const { green, red, bold } = pc.createColors(terminal.colour);
    for (const one of tampering) terminal.out(`${red('✘')} ${told(one)}\n`);
    if (intact)
      terminal.out(
        `${green('✔')} ${bold(manifest?.run ?? path)} is as it was sealed, and every figure follows from its journal\n`,
      );
    if (key)
      terminal.out(`  sealed with the ${key.algorithm} key ${key.fingerprint}${whose(key.fingerprint, trusted)}\n`);
    if (stampedAt)
      terminal.out(
        `  time-stamped ${stampedAt.toISOString()}, by an authority to be judged with openssl: see the bundle's README\n`,
      );
    for (const one of debriefedBy) terminal.out(`  debrief signed with the key ${one}${whose(one, trusted)}\n`);
  }
  return intact ? exitCodes.passed : exitCodes['target-missed'];
}

/** What runs beside it remember; a bundle stands alone, and has its debrief packed. */
async function cutSince(path: string): Promise<Tampering[]> {
  if (!statSync(path).isDirectory()) return [];
  const { debriefCut } = await import('./debriefs.ts');
  return debriefCut(path);
}

const told = ({ file, line, what }: Tampering): string =>
  `${file}${line === undefined ? '' : `, line ${line},`} ${what}`;

/** A seal says that nothing was altered since, by anybody else than who holds the key: whose it is must be known from elsewhere. */
function whose(fingerprint: string, trusted: readonly string[]): string {
  if (trusted.includes(fingerprint)) return ', which you trust';
  try {
    const own = readFileSync(join(keysFolder(), 'signing-key.pem'), 'utf8');
    if (fingerprintOf(own) === fingerprint) return ', the key of this machine';
  } catch {
    // There is none here.
  }
  return ': compare it with what its owner published, or give it as --key';
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
    return filesIn(readFileSync(path), path);
  }
  const names = readdirSync(path, { withFileTypes: true }).filter((one) => one.isFile());
  return new Map(names.map(({ name }) => [name, readShared(join(path, name))]));
}

/** Into memory that threads share, as a long run is hashed by another. */
function readShared(path: string): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.from(new SharedArrayBuffer(fstatSync(fd).size));
    for (let length = 0, got = -1; got !== 0; length += got)
      got = readSync(fd, bytes, length, bytes.length - length, null);
    return bytes;
  } finally {
    closeSync(fd);
  }
}

function fingerprint(given: string): string {
  if (/^[0-9a-f]{64}$/.test(given)) return given;
  try {
    return fingerprintOf(readFileSync(given, 'utf8'));
  } catch (cause) {
    throw new DrillError('key-unusable', `${given} is neither a public key nor a fingerprint.`, {
      hint: 'Give a PEM file, or the 64 hexadecimal digits that verify prints.',
      cause,
    });
  }
}
