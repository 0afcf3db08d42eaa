import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DrillError } from '../errors.ts';
import { digestOf, type Files, MANIFEST } from '../evidence/manifest.ts';
import type { Entry } from '../journal/events.ts';
import { readJournal } from '../journal/journal.ts';
import { toHtml } from '../report/html.tsx';
import { toJson } from '../report/json.ts';
import { toMarkdown } from '../report/markdown.ts';
import { type Report, reportOf } from '../report/model.ts';

/** Makes every report of a run from its journal file, and from nothing else; each lies beside the journal. */
export function writeReports(journalPath: string, folder = dirname(journalPath)): { report: Report; html: string } {
  const { entries, hash } = readJournal(journalPath);
  const { report, files } = reportsOf(entries, hash);
  mustNotReplace(folder, files);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [file, bytes] of files) writeWhole(join(folder, file), bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = 'The journal is safe. Mend the folder, then: dr-drill report <run>.';
    throw new DrillError('report-unwritable', `The report cannot be written: ${why}.`, { hint, cause });
  }
  return { report, html: join(folder, 'report.html') };
}

/** What was sealed stays as it is: another version of this tool would write other bytes. */
function mustNotReplace(folder: string, files: Files): void {
  const manifest = join(folder, MANIFEST);
  if (!existsSync(manifest)) return;
  const sealed = readFileSync(manifest, 'utf8');
  for (const [file, bytes] of files) {
    const path = join(folder, file);
    const asSealed = existsSync(path) ? readFileSync(path).equals(bytes) : sealed.includes(digestOf(bytes));
    if (asSealed) continue;
    const hint = 'Write them elsewhere: dr-drill report <run> --output <folder>.';
    throw new DrillError('sealed', `${path} is sealed, and what would be written is something else.`, { hint });
  }
}

/** Every report of a journal, by the name of its file. */
export function reportsOf(entries: readonly Entry[], journalHash: string): { report: Report; files: Files } {
  const report = reportOf(entries, { journalHash });
  const texts = { 'report.html': toHtml(report), 'report.json': toJson(report), 'report.md': toMarkdown(report) };
  return { report, files: new Map(Object.entries(texts).map(([file, text]) => [file, Buffer.from(text)])) };
}

/** A report is there as a whole, or as it was before. */
export function writeWhole(path: string, text: string | Uint8Array): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, text);
  const fd = openSync(unfinished, 'r+');
  fsyncSync(fd);
  closeSync(fd);
  renameSync(unfinished, path);
}
