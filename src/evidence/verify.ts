import { createPublicKey } from 'node:crypto';
import * as z from 'zod';
import { errorFacts } from '../errors.ts';
import { drawOnRecord } from '../journal/draw.ts';
import type { Entry } from '../journal/events.ts';
import { headerOf, unsteadyLine } from '../measure/reading.ts';
import { checkDebrief, DEBRIEF } from './debrief.ts';
import { type Hashes, hashesOf } from './hashes.ts';
import { damageIn, linesOf } from './journal-damage.ts';
import {
  BEFORE,
  courseOf,
  digestOf,
  type Files,
  INDEX,
  JOURNAL,
  MANIFEST,
  type Manifest,
  manifestSchema,
  PUBLIC_KEY,
  SIGNATURE,
  TIMESTAMP,
} from './manifest.ts';
import { fingerprintOf, isSignedBy, publicPem } from './signing-key.ts';

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
  /** Why the reports could not be compared with the journal; nothing, where they were. */
  notVouchedFor: string | undefined;
}

export interface VerifyOptions {
  /** Fingerprints of the keys that may have sealed it; any by default. */
  trusted?: readonly string[];
  /** The version that makes the reports again. */
  tool: string;
  /** Whether a file has the name of a report that this version makes. */
  isReport: (file: string) => boolean;
  /** Makes the reports again from a journal and what is beside it. */
  remake: (entries: readonly Entry[], journalHash: string, beside: Files) => Promise<Files>;
}

/** Holds the files of a run against their seal, and the reports against the journal. Needs nothing but these files. */
export async function verify(files: Files, options: VerifyOptions): Promise<Verification> {
  const { trusted } = options;
  const tampering: Tampering[] = [];
  const tell = telling(tampering);

  for (const file of [JOURNAL, MANIFEST, SIGNATURE, PUBLIC_KEY]) if (!files.has(file)) tell(file, 'is missing');
  const key = signer(files, tell);
  const manifest = parseManifest(files, tell);
  if (!manifest)
    return { tampering, key: undefined, manifest, debriefedBy: [], stampedAt: undefined, notVouchedFor: undefined };
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
  checkNames(files, manifest, options, tell);
  const [altered, { tampering: inJournal, notVouchedFor }] = await Promise.all([
    checkFiles(files, manifest, hashes),
    checkJournal(files, manifest, hashes, options),
  ]);
  tampering.push(...altered, ...inJournal);
  const debriefedBy = checkAdditions(files, manifest, trusted, tell);
  const stampedAt = await checkStamp(files, tell);
  const sealer = key && { algorithm: manifest.key.algorithm, fingerprint: key.fingerprint };
  return { tampering, key: sealer, manifest, debriefedBy, stampedAt, notVouchedFor };
}

async function checkFiles(files: Files, manifest: Manifest, hashes: Hashes): Promise<Tampering[]> {
  const hashed = await hashes.files;
  return [{ ...manifest.journal, file: JOURNAL }, ...manifest.files].flatMap(({ file, sha256, bytes }): Tampering[] => {
    const size = files.get(file)?.length;
    const unaltered = hashed.get(file) === sha256;
    if (unaltered && size !== bytes)
      return [{ file: MANIFEST, what: `says that ${file} has ${bytes} bytes, and it has ${size}` }];
    // What was done to the journal is reported line by line.
    if (unaltered || file === JOURNAL) return [];
    return [{ file, what: size === undefined ? 'is missing' : 'was altered' }];
  });
}

/** What people would take for a report of the run, if it is beside it. */
const LIKE_A_REPORT = /report|\.(html?|md|pdf|csv|xml|docx?|xlsx?|odt|ods|txt|rtf)$/i;

/** The manifest names each file once, by the name that it has, and nothing that looks like a report goes unnamed. */
function checkNames(files: Files, { journal, files: sealed }: Manifest, { isReport }: VerifyOptions, tell: Tell): void {
  if (journal.file !== JOURNAL) tell(MANIFEST, `calls the journal ${journal.file}`);
  const own = [JOURNAL, MANIFEST, SIGNATURE, PUBLIC_KEY, TIMESTAMP, DEBRIEF];
  const names = [...own, ...sealed.map(({ file }) => file)];
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
    tell(MANIFEST, `names ${name} more than once`);
  for (const file of files.keys())
    if (!names.includes(file) && file !== INDEX && !isReport(file) && LIKE_A_REPORT.test(file))
      tell(file, 'looks like a report and is not sealed: nothing vouches for it');
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

/** What people added afterwards is signed by the person who wrote it down, and hangs on the journal that was sealed. */
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
    // A private key has a public part, too, but has no place here; and one key has one form.
    if (publicPem(createPublicKey(pem)) !== pem) throw new Error();
    return { pem, fingerprint: fingerprintOf(pem) };
  } catch {
    tell(PUBLIC_KEY, 'is no public key as it was sealed: it was altered');
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

interface Evaluated {
  tampering: Tampering[];
  notVouchedFor: string | undefined;
}

const found = (one: Tampering): Evaluated => ({ tampering: [one], notVouchedFor: undefined });

async function checkJournal(
  files: Files,
  manifest: Manifest,
  hashes: Hashes,
  options: VerifyOptions,
): Promise<Evaluated> {
  const bytes = files.get(JOURNAL);
  if (!bytes) return { tampering: [], notVouchedFor: undefined };
  const lines = linesOf(bytes);
  // Meanwhile they are hashed; what the journal yields counts only where it is as it was sealed.
  const yielded = await evaluated(lines.entries, files, manifest, options);
  const damage = damageIn(lines, await hashes.lines, manifest.journal);
  if (damage) return found({ file: JOURNAL, ...damage });
  const asSealed = (await hashes.files).get(JOURNAL) === manifest.journal.sha256;
  return asSealed ? yielded : found({ file: JOURNAL, what: 'was altered between its lines' });
}

/** Holds the manifest and the reports against what the journal yields. */
async function evaluated(
  lines: readonly (Entry | undefined)[],
  files: Files,
  manifest: Manifest,
  options: VerifyOptions,
): Promise<Evaluated> {
  const tampering: Tampering[] = [];
  const tell = telling(tampering);
  let notVouchedFor: string | undefined;
  try {
    const entries = lines.filter((entry) => entry !== undefined);
    checkCourse(entries, manifest, tell);
    notVouchedFor = await checkReports(entries, files, manifest, options, tell);
  } catch (error) {
    tell(JOURNAL, `cannot be evaluated: ${errorFacts(error).message}`);
  }
  return { tampering, notVouchedFor };
}

/** What the manifest says of the run follows from the journal, and the journal from itself. */
function checkCourse(entries: readonly Entry[], manifest: Manifest, tell: Tell): void {
  const { drill, topology } = headerOf(entries);
  if (digestOf(JSON.stringify(drill)) !== manifest.drill.sha256)
    tell(JOURNAL, 'has a different drill than the sealed one', 1);
  if (digestOf(JSON.stringify(topology)) !== manifest.topology.sha256)
    tell(JOURNAL, 'has a different topology than the sealed one', 1);
  const unsteady = unsteadyLine(entries);
  if (unsteady) tell(JOURNAL, 'has a time that does not follow from the monotonic times', unsteady.seq);
  const back = entries.findIndex(({ ms }, index) => !(ms >= (entries[index - 1]?.ms ?? 0)));
  if (back >= 0 && back + 1 !== unsteady?.seq) tell(JOURNAL, 'is earlier than the line above it', back + 1);
  // A held run may be opened again for a person's decision: that begins with a process that takes it up.
  const behind = entries.findIndex(
    ({ type }, index) => type === 'run-ended' && (entries[index + 1]?.type ?? 'run-resumed') !== 'run-resumed',
  );
  const last = entries.findLastIndex(({ type }) => type === 'run-ended');
  const isReopened = last < 0 || entries.slice(last).every(({ type }) => type !== 'run-resumed');
  if (behind >= 0) tell(JOURNAL, 'stands behind the end of the run', behind + 2);
  else if (!isReopened) tell(JOURNAL, 'opens the run again, and it has no end', last + 2);
  const draw = drawOnRecord(entries);
  if (draw?.fits === false) tell(JOURNAL, 'reveals another draw than was sealed, or more than one', draw.revealed?.seq);
  const { tool, mode, elsewhere, outcome } = courseOf(entries);
  for (const [field, said, yielded] of [
    ['tool', manifest.tool, tool],
    ['mode', manifest.mode, mode],
    // Seals of before this was noted say nothing about it.
    ['elsewhere', manifest.elsewhere ?? elsewhere, elsewhere],
    ['outcome', manifest.outcome, outcome],
    ['drill.name', manifest.drill.name, drill.drill],
    ['topology.name', manifest.topology.name, topology.topology],
  ])
    if (said !== yielded) tell(MANIFEST, `says ${field} ${said}, and the journal yields ${yielded}`);
}

/**
 * By the same version every report must come out the same to the byte. Another version counts differently, rightly: it vouches for no
 * report, and that is said.
 */
async function checkReports(
  entries: readonly Entry[],
  files: Files,
  manifest: Manifest,
  { tool, isReport, remake }: VerifyOptions,
  tell: Tell,
): Promise<string | undefined> {
  if (manifest.tool !== tool) return `the run was made with ${manifest.tool}, and this is ${tool}`;
  const reports = new Map([...files].filter(([file]) => isSealed(file, manifest) || isReport(file)));
  const again = await remake(entries, manifest.journal.lastLine, reports);
  for (const [file, bytes] of reports) {
    const remade = again.get(file);
    const unsealed = isSealed(file, manifest) ? '' : 'is not sealed, and ';
    if (remade && Buffer.compare(bytes, remade) !== 0)
      tell(file, `${unsealed}does not follow from the journal${where(file, bytes, remade)}`);
    else if (!remade && file !== BEFORE) tell(file, 'is no file that a run has: nothing vouches for what it says');
  }
  return undefined;
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

/** The first figure of a sealed report that comes out differently. */
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
