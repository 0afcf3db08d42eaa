import * as z from 'zod';
import { errorFacts } from '../errors.ts';
import { drawOnRecord } from '../journal/draw.ts';
import type { Entry } from '../journal/events.ts';
import { headerOf, unsteadyLine } from '../measure/reading.ts';
import { checkDebrief, DEBRIEF } from './debrief.ts';
import { type Hashes, hashesOf } from './hashes.ts';
import { damageIn, linesOf } from './journal-damage.ts';
import {
  courseOf,
  digestOf,
  type Files,
  JOURNAL,
  MANIFEST,
  type Manifest,
  manifestSchema,
  PUBLIC_KEY,
  SIGNATURE,
  TIMESTAMP,
} from './manifest.ts';
import { fingerprintOf, isSignedBy } from './signing-key.ts';

/** One thing that is not as it was sealed. */
export interface Tampering {
  file: string;
  /** Of the journal, counted from 1. */
  line?: number;
  what: string;
}

export interface Verification {
  /** Empty: everything is as it was sealed. */
  tampering: Tampering[];
  /** Who sealed it, where that can be said. */
  key: { algorithm: string; fingerprint: string } | undefined;
  manifest: Manifest | undefined;
  /** Fingerprints of the keys that signed what people added afterwards. */
  debriefedBy: string[];
  /** When an authority says that the seal was made, where one was asked. */
  stampedAt: Date | undefined;
}

/** Reports that were made again. */
interface Remade {
  tool: string;
  files: Files;
  /** The report as data. */
  figures(): unknown;
}

export interface VerifyOptions {
  /** Fingerprints of the keys that may have sealed it; any, unless given. */
  trusted?: readonly string[];
  /** Makes the reports again from a journal and what was sealed beside it; those of another version of the tool may look different. */
  remake: (entries: readonly Entry[], journalHash: string, sealed: Files) => Promise<Remade>;
}

/** Holds the files of a run against their seal, and the reports against the journal. Needs nothing but these files. */
export async function verify(files: Files, { trusted, remake }: VerifyOptions): Promise<Verification> {
  const tampering: Tampering[] = [];
  const tell = telling(tampering);

  for (const file of [JOURNAL, MANIFEST, SIGNATURE, PUBLIC_KEY]) if (!files.has(file)) tell(file, 'is missing');
  const key = signer(files, tell);
  const manifest = parseManifest(files, tell);
  if (!manifest) return { tampering, key: undefined, manifest, debriefedBy: [], stampedAt: undefined };
  if (key) {
    const { algorithm, fingerprint } = manifest.key;
    if (fingerprint !== key.fingerprint) tell(PUBLIC_KEY, 'is not the key that the manifest names');
    const signature = files.get(SIGNATURE);
    if (signature && !isSigned(key.pem, algorithm, files.get(MANIFEST), signature))
      tell(MANIFEST, 'is not what was signed: it was altered, or its signature was');
    if (trusted && !trusted.includes(key.fingerprint))
      tell(PUBLIC_KEY, `is not a key that is trusted: ${key.fingerprint}`);
  }
  const hashes = hashesOf(new Map([...files].filter(([file]) => file === JOURNAL || isSealed(file, manifest))));
  const checks = [checkFiles(files, manifest, hashes), checkJournal(files, manifest, hashes, remake)];
  tampering.push(...(await Promise.all(checks)).flat());
  const debriefedBy = checkAdditions(files, manifest, trusted, tell);
  const stampedAt = await checkStamp(files, tell);
  const sealer = key && { algorithm: manifest.key.algorithm, fingerprint: key.fingerprint };
  return { tampering, key: sealer, manifest, debriefedBy, stampedAt };
}

async function checkFiles(files: Files, manifest: Manifest, hashes: Hashes): Promise<Tampering[]> {
  const hashed = await hashes.files;
  return manifest.files.flatMap(({ file, sha256 }): Tampering[] => {
    if (!files.has(file)) return [{ file, what: 'is missing' }];
    return hashed.get(file) === sha256 ? [] : [{ file, what: 'was altered' }];
  });
}

const isSealed = (file: string, manifest: Manifest): boolean => manifest.files.some((one) => one.file === file);

async function checkStamp(files: Files, tell: Tell): Promise<Date | undefined> {
  const [stamp, signature] = [files.get(TIMESTAMP), files.get(SIGNATURE)];
  if (!stamp || !signature) return undefined;
  const { timeStampedAt } = await import('./time-stamp.ts');
  try {
    return await timeStampedAt(stamp, signature);
  } catch (error) {
    tell(TIMESTAMP, `is no time-stamp of this seal: ${errorFacts(error).message}`);
    return undefined;
  }
}

/** What people added afterwards is signed by whoever wrote it down, and hangs on the journal that was sealed. */
function checkAdditions(files: Files, { journal }: Manifest, trusted: VerifyOptions['trusted'], tell: Tell): string[] {
  const bytes = files.get(DEBRIEF);
  if (!bytes) return [];
  const text = Buffer.from(bytes).toString();
  const { wrong, signers } = checkDebrief(text, journal.lastLine);
  for (const { line, what } of wrong) tell(DEBRIEF, what, line);
  if (wrong.length === 0 && !Buffer.from(text).equals(bytes)) tell(DEBRIEF, 'was altered between its lines');
  for (const signer of signers)
    if (trusted && !trusted.includes(signer)) tell(DEBRIEF, `is signed by a key that is not trusted: ${signer}`);
  return signers;
}

type Tell = (file: string, what: string, line?: number) => void;

const telling =
  (tampering: Tampering[]): Tell =>
  (file, what, line) => {
    tampering.push({ file, what, ...(line !== undefined && { line }) });
  };

function signer(files: Files, tell: Tell): { pem: string; fingerprint: string } | undefined {
  const bytes = files.get(PUBLIC_KEY);
  if (!bytes) return undefined;
  const pem = Buffer.from(bytes).toString();
  try {
    const fingerprint = fingerprintOf(pem);
    // A private key has a public part, too, but has no place here.
    if (!/^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n$/.test(pem)) throw new Error();
    return { pem, fingerprint };
  } catch {
    tell(PUBLIC_KEY, 'is no public key');
    return undefined;
  }
}

function parseManifest(files: Files, tell: Tell): Manifest | undefined {
  const bytes = files.get(MANIFEST);
  if (!bytes) return undefined;
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(Buffer.from(bytes).toString()));
    if (parsed.success) return parsed.data;
    tell(MANIFEST, `is no manifest: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  } catch {
    tell(MANIFEST, 'is no manifest: it is not JSON');
  }
  return undefined;
}

function isSigned(
  pem: string,
  algorithm: Manifest['key']['algorithm'],
  manifest: Uint8Array | undefined,
  signature: Uint8Array,
): boolean {
  try {
    return manifest !== undefined && isSignedBy(pem, algorithm, manifest, signature);
  } catch {
    return false;
  }
}

async function checkJournal(
  files: Files,
  manifest: Manifest,
  hashes: Hashes,
  remake: VerifyOptions['remake'],
): Promise<Tampering[]> {
  const bytes = files.get(JOURNAL);
  if (!bytes) return [];
  const lines = linesOf(bytes);
  // Meanwhile they are hashed; what the journal yields counts only where it is as it was sealed.
  const found = await evaluated(lines.entries, files, manifest, remake);
  const damage = damageIn(lines, await hashes.lines, manifest.journal);
  if (damage) return [{ file: JOURNAL, ...damage }];
  const asSealed = (await hashes.files).get(JOURNAL) === manifest.journal.sha256;
  return asSealed ? found : [{ file: JOURNAL, what: 'was altered between its lines' }];
}

/** Holds the manifest and the reports against what the journal yields. */
async function evaluated(
  lines: readonly (Entry | undefined)[],
  files: Files,
  manifest: Manifest,
  remake: VerifyOptions['remake'],
): Promise<Tampering[]> {
  const tampering: Tampering[] = [];
  const tell = telling(tampering);
  try {
    const entries = lines.filter((entry) => entry !== undefined);
    const { drill, topology } = headerOf(entries);
    if (digestOf(JSON.stringify(drill)) !== manifest.drill.sha256)
      tell(JOURNAL, 'holds another drill than was sealed', 1);
    if (digestOf(JSON.stringify(topology)) !== manifest.topology.sha256)
      tell(JOURNAL, 'holds another topology than was sealed', 1);
    const unsteady = unsteadyLine(entries);
    if (unsteady) tell(JOURNAL, 'has a time that does not follow from the monotonic times', unsteady.seq);
    const draw = drawOnRecord(entries);
    if (draw?.fits === false)
      tell(JOURNAL, 'reveals another draw than was sealed, or more than one', draw.revealed?.seq);
    const { tool, mode, outcome } = courseOf(entries);
    for (const [field, said, yielded] of [
      ['tool', manifest.tool, tool],
      ['mode', manifest.mode, mode],
      ['outcome', manifest.outcome, outcome],
    ])
      if (said !== yielded) tell(MANIFEST, `says ${field} ${said}, and the journal yields ${yielded}`);
    const sealed = new Map([...files].filter(([file]) => isSealed(file, manifest)));
    checkReports(files, manifest, await remake(entries, manifest.journal.lastLine, sealed), tell);
  } catch (error) {
    tell(JOURNAL, `cannot be evaluated: ${errorFacts(error).message}`);
  }
  return tampering;
}

/** By the same version every report must come out the same to the byte; by another, its figures must. */
function checkReports(files: Files, { tool, files: sealed }: Manifest, remade: Remade, tell: Tell) {
  for (const { file } of sealed) {
    const bytes = files.get(file);
    const again = remade.files.get(file);
    if (!bytes || !again) continue;
    if (tool === remade.tool) {
      if (Buffer.compare(bytes, again) !== 0)
        tell(file, `does not follow from the journal${where(file, bytes, again)}`);
    } else if (file.endsWith('report.json')) {
      const differing = firstDifference(JSON.parse(Buffer.from(bytes).toString()), remade.figures(), []);
      if (differing) tell(file, `does not follow from the journal: ${differing}`);
    }
  }
}

function where(file: string, bytes: Uint8Array, again: Uint8Array): string {
  if (!file.endsWith('.json')) return '';
  try {
    const told = JSON.parse(Buffer.from(bytes).toString());
    const differing = firstDifference(told, JSON.parse(Buffer.from(again).toString()), []);
    return differing ? `: ${differing}` : '';
  } catch {
    return '';
  }
}

/** The first figure of a sealed report that comes out differently; what a newer version says beside it does not count. */
function firstDifference(told: unknown, again: unknown, path: string[]): string | undefined {
  if (typeof told !== 'object' || told === null) {
    if (again === undefined || Object.is(told, again)) return undefined;
    return `${path.join('.')} is ${JSON.stringify(told)}, and the journal yields ${JSON.stringify(again)}`;
  }
  if (typeof again !== 'object' || again === null) return again === undefined ? undefined : `${path.join('.')} differs`;
  for (const [key, value] of Object.entries(told)) {
    const differing = firstDifference(value, (again as Record<string, unknown>)[key], [...path, key]);
    if (differing) return differing;
  }
  return undefined;
}
