import { join } from 'node:path';
import pc from 'picocolors';
import { stepNames } from '../../state-machines/index.ts';
import { realClock } from '../clock/real-clock.ts';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { fileJournal } from '../journal/journal.ts';
import type { Report } from '../report/model.ts';
import { summaryLines } from '../report/summary.ts';
import { exitCodes } from './exit-codes.ts';
import { abortOnSignals } from './interrupt.ts';
import { liveView, plainView, type View } from './live-view.ts';
import type { LogOptions } from './log.ts';
import { narrator } from './narrate.ts';
import { rehearse } from './rehearse.ts';
import { makeRunFolder } from './run-folder.ts';
import type { Terminal } from './terminal.ts';
import { tool } from './version.ts';
import { JOURNAL, writeReports } from './write-reports.ts';

export interface RunCommandOptions extends LogOptions {
  set: string[];
  runs: string;
  seed?: number;
  speed?: number;
  json?: boolean;
  quiet?: boolean;
}

/** Runs a drill and reports it; gives the exit code that its outcome has. */
export async function runCommand(path: string, options: RunCommandOptions, terminal: Terminal): Promise<number> {
  const { set: overrides, seed, speed } = options;
  const loaded = loadDrill(path, { overrides, stepNames });
  const log = isLogged(options) ? (await import('./log.ts')).openLog(options) : undefined;
  const folder = makeRunFolder(options.runs, loaded.drill.drill, realClock().nowMs());
  const journalPath = join(folder, JOURNAL);

  const view = await viewFor(options, loaded, terminal);
  const narrate = narrator(terminal);
  const interrupt = abortOnSignals(terminal);
  try {
    await rehearse({
      ...loaded,
      overrides,
      seed,
      speed,
      // A dry run changes nothing that could not be done again, so it need not wait for the disk.
      openJournal: (clock) => fileJournal(journalPath, clock, { sync: false }),
      signal: interrupt.signal,
      onEntry(entry) {
        log?.entry(entry);
        view?.show(entry, narrate(entry));
      },
    });
  } finally {
    view?.close();
    interrupt.release();
    log?.close();
  }

  const { report, html } = writeReports(journalPath);
  // Only a journal that was cut off has no outcome, and this one has just been finished.
  const exitCode = report.outcome === 'unfinished' ? exitCodes.fault : exitCodes[report.outcome];
  if (options.json) terminal.out(`${JSON.stringify({ run: folder, exitCode, report }, null, 2)}\n`);
  else terminal.out(closing(report, html, options, terminal));
  return exitCode;
}

/** Most runs write no log, and need not wait for what would write it. */
const isLogged = ({ logLevel, logFile }: LogOptions): boolean => logFile !== undefined || logLevel !== undefined;

async function viewFor(options: RunCommandOptions, { drill }: LoadedDrill, terminal: Terminal) {
  if (options.json || options.quiet) return undefined;
  const { bold, dim } = pc.createColors(terminal.colour);
  const seed = options.seed ?? drill.simulation.seed;
  terminal.out(`${bold(drill.title)}\n${dim(`${tool}, dry run in simulated AWS, seed ${seed}`)}\n\n`);
  const view: View = terminal.interactive && options.speed ? await liveView(terminal) : plainView(terminal);
  return view;
}

function closing(report: Report, html: string, { quiet }: RunCommandOptions, terminal: Terminal): string {
  if (quiet) return `${report.verdict.words}. ${report.verdict.sentence}\n`;
  const { bold, green, red, yellow } = pc.createColors(terminal.colour);
  const looks = report.outcome === 'passed' ? green : report.outcome === 'target-missed' ? red : yellow;
  const lines = summaryLines(report).map((line) => (line.startsWith(report.verdict.words) ? bold(looks(line)) : line));
  return `\n${lines.join('\n')}\n\nReport  ${html}\n`;
}
