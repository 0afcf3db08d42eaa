import { statSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL } from '../evidence/manifest.ts';
import type { Format } from '../report/format-names.ts';
import { summaryLines } from '../report/summary.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { writeReports } from './write-reports.ts';

/** Makes the reports of a run again: the same journal gives the same bytes. */
export async function reportCommand(
  run: string,
  { json, output, format }: { json?: boolean; output?: string; format?: Format[] },
  terminal: Terminal,
): Promise<number> {
  const isFolder = statSync(run, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const { report, paths } = await writeReports(isFolder ? join(run, JOURNAL) : run, {
    folder: output,
    formats: format,
  });
  if (json) terminal.asIs(`${JSON.stringify({ files: paths, report }, null, 2)}\n`);
  else terminal.out(`${summaryLines(report).join('\n')}\n\n${paths.map((path) => `Report  ${path}`).join('\n')}\n`);
  return exitCodes.passed;
}
