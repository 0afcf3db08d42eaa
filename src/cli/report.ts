import { statSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL } from '../evidence/manifest.ts';
import { summaryLines } from '../report/summary.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { writeReports } from './write-reports.ts';

/** Makes the reports of a run again: the same journal gives the same bytes. */
export function reportCommand(
  run: string,
  { json, output }: { json?: boolean; output?: string },
  terminal: Terminal,
): number {
  const isFolder = statSync(run, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const { report, html } = writeReports(isFolder ? join(run, JOURNAL) : run, output);
  if (json) terminal.out(`${JSON.stringify({ html, report }, null, 2)}\n`);
  else terminal.out(`${summaryLines(report).join('\n')}\n\nReport  ${html}\n`);
  return exitCodes.passed;
}
