import { join } from 'node:path';
import pc from 'picocolors';
import { stepNames } from '../../state-machines/index.ts';
import type { Clock } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import type { Entry } from '../journal/events.ts';
import { fileJournal } from '../journal/journal.ts';
import type { Report } from '../report/model.ts';
import { summaryLines } from '../report/summary.ts';
import type { RunResult } from '../run/run.ts';
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
  live?: boolean;
  readOnly?: boolean;
  confirm?: string;
  json?: boolean;
  quiet?: boolean;
}

/** Runs a drill and reports it; gives the exit code that its outcome has. */
export async function runCommand(path: string, options: RunCommandOptions, terminal: Terminal): Promise<number> {
  const { set: overrides, seed, speed, readOnly = false } = options;
  mustFitTogether(options);
  const loaded = loadDrill(path, { overrides, stepNames });
  const live = options.live ? await goingLive(loaded, options, terminal) : undefined;
  const log = isLogged(options) ? (await import('./log.ts')).openLog(options) : undefined;
  const folder = makeRunFolder(options.runs, loaded.drill.drill, realClock().nowMs());
  const journalPath = join(folder, JOURNAL);

  const view = await viewFor(options, loaded, terminal);
  const narrate = narrator(terminal);
  const interrupt = abortOnSignals(terminal);
  const onEntry = (entry: Entry) => {
    log?.entry(entry);
    view?.show(entry, narrate(entry));
  };
  // A dry run changes nothing that could not be done again, so it need not wait for the disk.
  const openJournal = (clock: Clock) => fileJournal(journalPath, clock, { sync: live !== undefined });
  const common = { ...loaded, overrides, openJournal, signal: interrupt.signal, onEntry };
  let result: RunResult;
  try {
    result = live ? await live({ ...common, readOnly }) : await rehearse({ ...common, seed, speed });
  } finally {
    view?.close();
    interrupt.release();
    log?.close();
  }

  const { report, html } = writeReports(journalPath);
  // Only a journal that was cut off has no outcome, and this one has just been finished.
  const exitCode =
    report.outcome === 'unfinished'
      ? exitCodes.fault
      : result.endedBefore !== undefined
        ? exitCodes.passed
        : exitCodes[report.outcome];
  if (options.json) terminal.out(`${JSON.stringify({ run: folder, exitCode, report }, null, 2)}\n`);
  else terminal.out(closing(report, html, options, terminal));
  return exitCode;
}

/** A dry run has no account, and a live one no seed. */
function mustFitTogether({ live, readOnly, confirm, seed, speed }: RunCommandOptions): void {
  const strange = live
    ? [seed !== undefined && '--seed', speed !== undefined && '--speed']
    : [readOnly && '--read-only', confirm !== undefined && '--confirm'];
  const option = strange.find((one) => one !== false && one !== undefined);
  if (!option) return;
  const only = live ? 'a dry run' : 'a live run';
  throw new DrillError('usage', `${option} is for ${only} only.`, {
    hint: live ? 'Leave it away, or leave --live away.' : 'Add --live, or leave it away.',
  });
}

/** Sees to everything that a live run needs before it begins; nothing has been changed then. */
async function goingLive(loaded: LoadedDrill, { readOnly, confirm }: RunCommandOptions, terminal: Terminal) {
  const { connect, mustBeAsDescribed, mustBeConfirmed, mustConsentTo, runLive } = await import('./live.ts');
  if (!readOnly) mustConsentTo(loaded);
  const account = await connect(loaded);
  await mustBeAsDescribed(loaded, account);
  if (!readOnly) await mustBeConfirmed(loaded, confirm, account.arn, terminal);
  return (options: Parameters<typeof runLive>[1]) => runLive(account, options);
}

/** Most runs write no log, and need not wait for what would write it. */
const isLogged = ({ logLevel, logFile }: LogOptions): boolean => logFile !== undefined || logLevel !== undefined;

async function viewFor(options: RunCommandOptions, { drill, topology }: LoadedDrill, terminal: Terminal) {
  if (options.json || options.quiet) return undefined;
  const { bold, dim } = pc.createColors(terminal.colour);
  const seed = options.seed ?? drill.simulation.seed;
  const where = options.live
    ? `LIVE${options.readOnly ? ', read only' : ''}, account ${topology.account}`
    : `dry run in simulated AWS, seed ${seed}`;
  terminal.out(`${bold(drill.title)}\n${dim(`${tool}, ${where}`)}\n\n`);
  const view: View =
    terminal.interactive && (options.speed || options.live) ? await liveView(terminal) : plainView(terminal);
  return view;
}

function closing(report: Report, html: string, { quiet }: RunCommandOptions, terminal: Terminal): string {
  if (quiet) return `${report.verdict.words}. ${report.verdict.sentence}\n`;
  const { bold, green, red, yellow } = pc.createColors(terminal.colour);
  const looks = report.outcome === 'passed' ? green : report.outcome === 'target-missed' ? red : yellow;
  const lines = summaryLines(report).map((line) => (line.startsWith(report.verdict.words) ? bold(looks(line)) : line));
  return `\n${lines.join('\n')}\n\nReport  ${html}\n`;
}
