import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import pc from 'picocolors';
import { surpriseOf } from '../drill/candidates.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { errorFacts } from '../errors.ts';
import { type Files, JOURNAL } from '../evidence/manifest.ts';
import type { TimestampAuthority } from '../evidence/seal.ts';
import type { SigningKey } from '../evidence/signing-key.ts';
import { remember } from '../history/index-file.ts';
import { recordOf } from '../history/record.ts';
import type { Entry } from '../journal/events.ts';
import type { HeadKeeper } from '../journal/head.ts';
import { readJournal } from '../journal/journal.ts';
import type { Prove } from '../live/people.ts';
import type { Format } from '../report/format-names.ts';
import { marked, markOf } from '../report/mark.ts';
import type { Report } from '../report/model.ts';
import { summaryLines } from '../report/summary.ts';
import type { RunResult } from '../run/run.ts';
import { withoutSecrets } from '../secrets.ts';
import { isAsked } from '../telemetry/asked.ts';
import { type Metric, metricsOf } from '../telemetry/metrics.ts';
import { watchForAbort } from './abort-request.ts';
import { answersHere } from './answer-here.ts';
import { noteBefore, notedBefore } from './before.ts';
import { changesLeft } from './changes-left.ts';
import type { MetricsTo } from './cloudwatch.ts';
import { decisionsHere } from './decide-here.ts';
import { exitCodes } from './exit-codes.ts';
import { abortOnSignals } from './interrupt.ts';
import { somebodyIsHere, typedBelow } from './keyboard.ts';
import { liveView, plainView, type View } from './live-view.ts';
import type { LogOptions } from './log.ts';
import { narrator } from './narrate.ts';
import { authority, sealedLater, sealRun, signingKey, unsealed, unseen } from './seal.ts';
import type { Terminal } from './terminal.ts';
import { typingLine } from './typing.ts';
import { tool } from './version.ts';
import { makeReports, putReports } from './write-reports.ts';

export interface LeadOptions extends LogOptions {
  /** What the report is written as. */
  format?: Format[];
  json?: boolean;
  quiet?: boolean;
  /** Where metrics go besides a collector. */
  metrics?: MetricsTo;
}

/** What a run reads from outside, and reports. */
export interface Leading {
  /** Fires with a reason when someone aborts the run. */
  signal: AbortSignal;
  onEntry: (entry: Entry) => void;
  /** Says something to the one who watches. */
  tell: (why: string) => void;
}

interface Lead extends Pick<LoadedDrill, 'drill'> {
  journalPath: string;
  /** A live run, with the key that will seal it; none where it must go on all the same. */
  live?: {
    key: SigningKey | undefined;
    head: HeadKeeper;
    prove?: Prove | undefined;
    /** Sends metrics to the account. */
    toCloudWatch: (metrics: readonly Metric[], tell: (why: string) => void) => Promise<void>;
  };
  /** Which world, which account: for the first line on the screen. */
  where: string;
  /** The run lasts long enough to be watched. */
  watchable: boolean;
  work: (leading: Leading) => Promise<RunResult>;
}

/** How a run that was led ended. */
export interface Led {
  /** That its outcome has. */
  exitCode: number;
  report: Report;
  folder: string;
}

/** Leads a run to its end: shows it, logs it, passes an abort on, and reports it. */
export async function lead(
  { drill, journalPath, where, live, watchable, work }: Lead,
  options: LeadOptions,
  terminal: Terminal,
): Promise<Led> {
  // A dry run can be repeated, so without a key it is not sealed.
  const key = live ? live.key : await signingKey(undefined).catch(unsealed(terminal));
  const timestamp = live ? authority((why) => terminal.err(`${why}\n`)) : undefined;
  const log = isLogged(options) ? (await import('./log.ts')).openLog(options, terminal) : undefined;
  const before = earlier(journalPath);
  const view = await viewFor(options, { title: withoutSecrets(drill.title), where, watchable, before }, terminal);
  const narrate = narrator(terminal, before);
  const folder = dirname(journalPath);
  const changes = changesLeft(folder, { isLive: live !== undefined, before });
  const interrupt = abortOnSignals(terminal, changes.inWords);
  const run = basename(folder);
  const endTyping = typedBelow(view?.typing ?? typingLine(terminal).set);
  const here =
    live && somebodyIsHere() ? [answersHere(folder, before, live.prove), decisionsHere(folder, live.prove)] : [];
  const tell = (why: string) => terminal.err(`${why}\n`);
  // A run that is over in a moment need not be looked after.
  const request = watchable ? watchForAbort(folder, tell) : undefined;
  const shown = besides(terminal);
  const telemetry = isAsked(process.env)
    ? await (await import('./telemetry.ts')).openTelemetry({ run, before, tell })
    : undefined;
  const onEntry = (entry: Entry) => {
    changes.take(entry);
    if (begins(entry)) shown('what the runs before it left', () => noteBefore(journalPath));
    shown('the log', () => log?.entry(entry));
    shown('telemetry', () => telemetry?.entry(entry));
    for (const one of here) shown('the question', () => one.hear(entry));
    shown('the screen', () => view?.show(entry, narrate(entry)));
  };
  const signal = request ? AbortSignal.any([interrupt.signal, request.signal]) : interrupt.signal;
  let result: RunResult;
  try {
    result = await work({ signal, onEntry, tell });
  } finally {
    for (const one of here) await one.close().catch(() => {});
    endTyping();
    shown('the screen', () => view?.close());
    request?.release();
    interrupt.release();
    shown('the log', () => log?.close());
  }

  const { report, files } = await makeReports(journalPath, options.format);
  const exitCode = exitCodeOf(report, result);
  const missing = await kept({ journalPath, report, files, live, key, timestamp });
  for (const one of missing) terminal.err(`${one}\n`);
  if (options.json) terminal.asIs(`${JSON.stringify({ run: folder, exitCode, report }, null, 2)}\n`);
  else terminal.out(closing(report, missing.length > 0 ? journalPath : pathOf(folder, files), options, terminal));
  const mark = markOf(report)?.mark ?? 'live';
  const metrics = report.outcome === 'unfinished' ? [] : metricsOf(recordOf(run, report), mark);
  if (options.metrics === 'cloudwatch') await live?.toCloudWatch(metrics, tell);
  await telemetry?.close(metrics);
  return { exitCode, report, folder };
}

/** A surprise begins when it is revealed, everything else at once. */
const begins = (entry: Entry): boolean =>
  (entry.type === 'run-started' && surpriseOf(entry.drill) === undefined) ||
  (entry.type === 'draw-revealed' && entry.begins);

const pathOf = (folder: string, files: Files): string => join(folder, [...files.keys()][0] ?? JOURNAL);

/** Does what may fail without stopping a run: only its journal may do that. Each kind that fails is reported once. */
function besides(terminal: Terminal): (what: string, work: () => void) => void {
  const failing = new Set<string>();
  return (what, work) => {
    if (failing.has(what)) return;
    try {
      work();
    } catch (error) {
      failing.add(what);
      terminal.err(
        `Cannot write ${what}: ${errorFacts(error).message}. The run continues; its journal has everything.\n`,
      );
    }
  };
}

/** Writes what is made of a run; tells what cannot be written, with the command that makes it later. */
async function kept({
  journalPath,
  report,
  files,
  live,
  key,
  timestamp,
}: {
  journalPath: string;
  live: Lead['live'];
  report: Report;
  files: Files;
  key: SigningKey | undefined;
  timestamp: TimestampAuthority | undefined;
}): Promise<string[]> {
  const folder = dirname(journalPath);
  const missing: string[] = [];
  const attempt = async (what: string, later: string, work: () => unknown): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      missing.push(`${what}: ${errorFacts(error).message} ${later}`);
      return false;
    }
  };
  const arePut = await attempt('No reports', `They are made by: dr-drill report ${folder}`, () =>
    putReports(folder, files),
  );
  // A suspended run is resumed: what it is remembered by, and its seal, come with its end.
  if (report.outcome === 'unfinished') return missing;
  await attempt('Not in the index', `It is made again by: dr-drill history --runs ${dirname(folder)}`, () =>
    remember(dirname(folder), recordOf(basename(folder), report)),
  );
  if (!key) return missing;
  if (!arePut) return [...missing, `Not sealed: there are no reports to seal. ${sealedLater(folder)}`];
  const seen = live?.head.seen();
  const isSealed = await attempt('Not sealed', sealedLater(folder), () =>
    sealRun(journalPath, new Map([...files, ...notedBefore(folder)]), key, {
      timestamp,
      circumstances: seen ? unseen(seen, seen.lines) : {},
      lastLine: seen?.lastLine,
    }),
  );
  if (isSealed) live?.head.forget();
  return missing;
}

/** What is in the journal of a run that is taken up again. */
const earlier = (journalPath: string): Entry[] => (existsSync(journalPath) ? readJournal(journalPath).entries : []);

function exitCodeOf({ outcome }: Report, { endedBefore, ...result }: RunResult): number {
  // A run that only reads has done what it was asked for when it comes to the first change.
  if (endedBefore !== undefined) return exitCodes.passed;
  if (result.outcome === 'unfinished') return exitCodes.unfinished;
  // Only a journal that was cut off has no outcome, and this one has just been finished.
  return outcome === 'unfinished' ? exitCodes.fault : exitCodes[outcome];
}

/** Most runs write no log, and need not wait for what would write it. */
const isLogged = ({ logLevel, logFile }: LogOptions): boolean => logFile !== undefined || logLevel !== undefined;

async function viewFor(
  { json, quiet }: LeadOptions,
  { title, where, watchable, before }: Pick<Lead, 'where' | 'watchable'> & { title: string; before: Entry[] },
  terminal: Terminal,
): Promise<View | undefined> {
  if (json || quiet) return undefined;
  const { bold, dim } = pc.createColors(terminal.colour);
  terminal.out(`${bold(title)}\n${dim(`${tool}, ${where}`)}\n\n`);
  return terminal.interactive && watchable ? await liveView(terminal, before) : plainView(terminal);
}

function closing(report: Report, path: string, { quiet }: LeadOptions, terminal: Terminal): string {
  if (quiet) return `${marked(report.verdict.words, report)}. ${report.verdict.sentence}\n`;
  const { bold, green, red, yellow } = pc.createColors(terminal.colour);
  const looks = report.outcome === 'passed' ? green : report.outcome === 'target-missed' ? red : yellow;
  const lines = summaryLines(report).map((line) => (line.startsWith(report.verdict.words) ? bold(looks(line)) : line));
  return `\n${lines.join('\n')}\n\nReport  ${path}\n`;
}
