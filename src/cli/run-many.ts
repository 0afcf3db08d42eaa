import { join } from 'node:path';
import pc from 'picocolors';
import { columnsFor } from '../columns.ts';
import { DrillFileError } from '../drill/drill-file-error.ts';
import { formatMistakes } from '../drill/format-mistakes.ts';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { inWords } from '../duration.ts';
import { DrillError } from '../errors.ts';
import type { Screen } from '../layout.ts';
import { value } from '../report/figure-words.ts';
import type { Report } from '../report/model.ts';
import { dryRun, type RunCommandOptions } from './dry-run.ts';
import { exitCodes } from './exit-codes.ts';
import type { Led } from './lead.ts';
import { runningModules } from './own-steps.ts';
import type { Terminal } from './terminal.ts';

/**
 * Rehearses several drills side by side, each in a world of its own, and sums up how they ended. Gives the worst exit code.
 * No drill is begun where one of the files has a mistake.
 */
export async function runMany(
  paths: readonly string[],
  options: RunCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.live || options.speed !== undefined) {
    const option = options.live ? '--live' : '--speed';
    throw new DrillError('usage', `${option} is for one drill at a time.`, { hint: 'Name one drill file.' });
  }
  const loaded = loadAll(paths, options, terminal);
  if (!loaded) return exitCodes['bad-input'];
  const silent: Terminal = { ...terminal, out() {}, asIs() {}, interactive: false };
  const led = await Promise.all(loaded.map((one) => dryRun(one, { ...options, json: false, quiet: true }, silent)));
  if (options.json) {
    const runs = led.map(({ folder, exitCode, report }) => ({ run: folder, exitCode, report }));
    terminal.asIs(`${JSON.stringify(runs, null, 2)}\n`);
  } else terminal.out(`${runsSummary(led, terminal).join('\n')}\n`);
  return led.reduce<number>((worst, { exitCode }) => Math.max(worst, exitCode), exitCodes.passed);
}

function loadAll(
  paths: readonly string[],
  { set: overrides }: RunCommandOptions,
  terminal: Terminal,
): LoadedDrill[] | undefined {
  let wrong = false;
  const vocabulary = runningModules(terminal);
  const loaded = paths.flatMap((path) => {
    try {
      return [loadDrill(path, { overrides, vocabulary })];
    } catch (error) {
      if (!(error instanceof DrillFileError)) throw error;
      terminal.err(`${formatMistakes(error.mistakes, terminal)}\n`);
      wrong = true;
      return [];
    }
  });
  return wrong ? undefined : loaded;
}

const heads = ['drill', 'ended', 'RTO', 'RPO', 'why'];

/** How rehearsals ended, a row each, and where their reports are. */
export function runsSummary(led: readonly Led[], { colour, width }: Screen): string[] {
  const { bold, green, red, yellow } = pc.createColors(colour);
  const rows = led.map(({ report }) => [
    report.drill.name,
    report.outcome.replaceAll('-', ' '),
    figure(report.recovery.total, report.targets.rto),
    figure(report.dataLoss.loss, report.targets.rpo),
    report.reason,
  ]);
  const looks = ({ outcome }: Report) => (outcome === 'passed' ? green : outcome === 'target-missed' ? red : yellow);
  const paint = (text: string, row: number) => {
    const report = led[row - 1]?.report;
    return report === undefined ? bold(text) : looks(report)(text);
  };
  const passed = led.filter(({ report }) => report.outcome === 'passed').length;
  return [
    ...columnsFor([heads, ...rows], { indent: 0, width, paint }),
    '',
    `${passed} of ${led.length} passed in rehearsal. SIMULATED: a dry run proves nothing about the real account.`,
    ...led.map(({ folder }) => join(folder, 'report.html')),
  ];
}

/** As `3 min 37.9 s of 5 min`; a figure that nothing is compared with stands alone. */
function figure(of: Report['recovery']['total'], held: Report['targets']['rto']): string {
  if (held === null && 'unknown' in of) return '–';
  return held === null ? value(of) : `${value(of)} of ${inWords(held.limitMs)}`;
}
