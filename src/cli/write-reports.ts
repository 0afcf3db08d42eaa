import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DrillError } from '../errors.ts';
import { BEFORE, digestOf, type Files, MANIFEST } from '../evidence/manifest.ts';
import type { Entry } from '../journal/events.ts';
import { readJournal } from '../journal/journal.ts';
import { mostBytes, readBytes, readText } from '../read-file.ts';
import { type Before, beforeSchema, nothingBefore } from '../report/before.ts';
import type { Format } from '../report/format-names.ts';
import { usualFormats, written } from '../report/formats.ts';
import { type Report, reportOf } from '../report/model.ts';
import { sensible } from './strange-journal.ts';

interface WriteOptions {
  /** Where they go; beside the journal by default. */
  folder?: string | undefined;
  formats?: readonly Format[] | undefined;
}

/** Makes the reports of a run from its journal file, and from nothing else, and writes them. */
export async function writeReports(
  journalPath: string,
  { folder = dirname(journalPath), formats }: WriteOptions = {},
): Promise<Made & { paths: string[] }> {
  const made = await makeReports(journalPath, formats);
  return { ...made, paths: putReports(folder, made.files) };
}

export interface Made {
  report: Report;
  files: Files;
}

/** Makes the reports of a run from its journal file. */
export async function makeReports(
  journalPath: string,
  formats: readonly Format[] | undefined = usualFormats,
): Promise<Made> {
  const { entries, hash } = readJournal(journalPath);
  const beside = join(dirname(journalPath), BEFORE);
  const before = beforeIn(existsSync(beside) ? readBytes(beside, mostBytes.record) : undefined);
  return sensible(journalPath, () => reportsOf(entries, { journalHash: hash, before, formats }));
}

/** Writes reports into a folder. Fails with `report-unwritable`, and with `sealed` where others are sealed there. */
export function putReports(folder: string, files: Files): string[] {
  mustNotReplace(folder, files);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [file, bytes] of files) writeWhole(join(folder, file), bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = 'The journal is safe. Fix the folder, then: dr-drill report <run>.';
    throw new DrillError('report-unwritable', `The report cannot be written: ${why}.`, { hint, cause });
  }
  return [...files.keys()].map((file) => join(folder, file));
}

/** What was sealed stays as it is: another version of this tool would write other bytes. */
function mustNotReplace(folder: string, files: Files): void {
  const manifest = join(folder, MANIFEST);
  if (!existsSync(manifest)) return;
  const sealed = readText(manifest, mostBytes.record);
  for (const [file, bytes] of files) {
    const path = join(folder, file);
    const asSealed = existsSync(path)
      ? readBytes(path, mostBytes.evidence).equals(bytes)
      : sealed.includes(digestOf(bytes));
    // A format that was not sealed may be added: it is made from what was.
    if (asSealed || !sealed.includes(`"file": "${file}"`)) continue;
    const hint = 'Write them elsewhere: dr-drill report <run> --output <folder>.';
    throw new DrillError('sealed', `${path} is sealed, and what would be written is something else.`, { hint });
  }
}

/** The reports of a journal and of what the runs before left, by the name of each file. */
export async function reportsOf(
  entries: readonly Entry[],
  {
    formats = usualFormats,
    ...beside
  }: { journalHash: string; before?: Before | undefined; formats?: readonly Format[] | undefined },
): Promise<Made> {
  const report = reportOf(entries, beside);
  return { report, files: await written(report, formats) };
}

/** What the runs before left. Fails with `before-invalid` where the file is none. */
export function beforeIn(bytes: Uint8Array | undefined): Before {
  if (bytes === undefined) return nothingBefore;
  try {
    return beforeSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new DrillError('before-invalid', `${BEFORE} was changed after the run wrote it.`, {
      hint: 'It is part of the evidence and is not repaired. Take an untouched copy.',
      cause,
    });
  }
}

/** A report is there as a whole, or as it was before. */
export function writeWhole(path: string, content: string | Uint8Array | Generator<Uint8Array>): void {
  const unfinished = `${path}.unfinished`;
  try {
    // A new file: what is there may be a link to another.
    rmSync(unfinished, { force: true });
    const fd = openSync(unfinished, 'wx');
    try {
      const isInParts = typeof content !== 'string' && !(content instanceof Uint8Array);
      for (const part of isInParts ? content : [content]) writeFileSync(fd, part);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
