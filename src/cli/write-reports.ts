import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DrillError } from '../errors.ts';
import { readJournal } from '../journal/journal.ts';
import { toHtml } from '../report/html.tsx';
import { toJson } from '../report/json.ts';
import { toMarkdown } from '../report/markdown.ts';
import { type Report, reportOf } from '../report/model.ts';

export const JOURNAL = 'journal.jsonl';

/** Makes every report of a run from its journal file, and from nothing else; each lies beside the journal. */
export function writeReports(journalPath: string): { report: Report; html: string } {
  const { entries, hash } = readJournal(journalPath);
  const report = reportOf(entries, { journalHash: hash });
  const folder = dirname(journalPath);
  const html = join(folder, 'report.html');
  try {
    writeWhole(join(folder, 'report.json'), toJson(report));
    writeWhole(join(folder, 'report.md'), toMarkdown(report));
    writeWhole(html, toHtml(report));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = 'The journal is safe. Mend the folder, then: dr-drill report <run>.';
    throw new DrillError('report-unwritable', `The report cannot be written: ${why}.`, { hint, cause });
  }
  return { report, html };
}

/** A report is there as a whole, or as it was before. */
function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, text);
  const fd = openSync(unfinished, 'r+');
  fsyncSync(fd);
  closeSync(fd);
  renameSync(unfinished, path);
}
