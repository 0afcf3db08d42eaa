import { writeFileSync } from 'node:fs';
import pc from 'picocolors';
import { columnsFor } from '../columns.ts';
import { inWords } from '../duration.ts';
import { DrillError } from '../errors.ts';
import { recordsIn } from '../history/index-file.ts';
import { isAsFiled } from '../history/record.ts';
import { nameOf, overridesOf, RUNS_SHOWN, successRate, type Trend, trendsOf } from '../history/trends.ts';
import { actionsIn, unreadableDebriefs } from './debriefs.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface HistoryCommandOptions {
  runs: string;
  drill?: string;
  /** Runs with settings over their file, too. */
  all?: boolean;
  html?: string;
  json?: boolean;
}

/** Shows how the runs of a folder went over time. Gives 1 where the last run of a drill did worse than those before it. */
export async function historyCommand(options: HistoryCommandOptions, terminal: Terminal): Promise<number> {
  const { records, unreadable } = recordsIn(options.runs);
  const wanted = options.drill === undefined ? records : records.filter(({ drill }) => drill === options.drill);
  if (options.drill !== undefined && wanted.length === 0) {
    const names = [...new Set(records.map(({ drill }) => drill))].join(', ') || 'none';
    throw new DrillError('no-runs', `No run of ${options.drill} has ended in ${options.runs}.`, {
      hint: `Drills with runs there: ${names}.`,
    });
  }
  const shown = options.all ? wanted : wanted.filter(isAsFiled);
  const actions = actionsIn(options.runs);
  const trends = trendsOf(shown, actions);
  const left = wanted.filter((one) => !shown.includes(one));
  const leftOut = left.length;
  const open = left.flatMap(({ run }) => actions.get(run) ?? []).filter(({ isClosed }) => !isClosed).length;
  if (options.html !== undefined) {
    const { historyPage } = await import('../history/page.tsx');
    writeFileSync(options.html, historyPage(trends));
  }
  const lost = unreadableDebriefs(options.runs);
  if (options.json)
    terminal.asIs(`${JSON.stringify({ trends, leftOut, unreadable, unreadableDebriefs: lost }, null, 2)}\n`);
  else {
    if (trends.length > 0) terminal.asIs(`${rowsOf(trends, terminal).join('\n')}\n`);
    for (const trend of trends) {
      const lines = notesOf(trend, { detailed: options.drill !== undefined }, terminal);
      if (lines.length > 0) terminal.out(`\n${[nameOf(trend), ...lines].join('\n')}\n`);
    }
    if (leftOut > 0)
      terminal.out(
        `${leftOut} ${leftOut === 1 ? 'run' : 'runs'} with --set left out${open === 0 ? '' : `, with ${open} open actions`}: history --all shows them.\n`,
      );
    if (wanted.length === 0) terminal.out(`No run has ended in ${options.runs}.\n`);
    if (unreadable.length > 0)
      terminal.out(`${unreadable.length} without a readable report: ${unreadable.slice(0, 5).join(', ')}\n`);
    for (const { run, line } of lost)
      terminal.out(`Line ${line} of the debrief of ${run} cannot be read: dr-drill verify ${options.runs}/${run}\n`);
    if (options.html !== undefined) terminal.out(`Page  ${options.html}\n`);
  }
  return trends.some(({ regressions }) => regressions.length > 0) ? exitCodes['target-missed'] : exitCodes.passed;
}

/** Each drill in a row, with its recovery time from run to run. */
function rowsOf(trends: readonly Trend[], { colour, width }: Terminal): string[] {
  const { bold, dim, green, red } = pc.createColors(colour);
  const heads = ['DRILL', 'MODE', 'PASSED', 'RTO', 'TREND', 'RPO', 'LAST RUN'];
  const rows = trends.map((trend) => [
    nameOf(trend),
    trend.marked,
    `${trend.passed} of ${trend.runs}`,
    length(trend.rto.lastMs),
    sparkline(trend.points.map(({ rtoMs }) => rtoMs)),
    length(trend.rpo.lastMs),
    trend.points.at(-1)?.at.slice(0, 10) ?? '',
  ]);
  return columnsFor([heads, ...rows], {
    indent: 0,
    width,
    paint: (text, row, column) => {
      if (row === 0) return dim(text);
      if (column === 0) return bold(text);
      if (column !== 4) return text;
      return (trends[row - 1]?.points.at(-1)?.outcome === 'passed' ? green : red)(text);
    },
  });
}

const BARS = '▁▂▃▄▅▆▇█';

/** A figure of the newest runs, oldest first; a dot where a run did not get there. */
function sparkline(all: readonly (number | null)[]): string {
  const newest = all.slice(-RUNS_SHOWN);
  const most = Math.max(1, ...newest.map((ms) => ms ?? 0));
  return newest.map((ms) => (ms === null ? '·' : BARS[Math.floor((ms / most) * (BARS.length - 1))])).join('');
}

/** What asks for attention; of one drill alone, its figures as well. */
function notesOf(trend: Trend, { detailed }: { detailed: boolean }, { colour }: Terminal): string[] {
  const { runs, rto, rpo, regressions, findings, actions, points } = trend;
  const { red, yellow } = pc.createColors(colour);
  const figure = (name: string, { lastMs, medianMs, bestMs, worstMs, known }: Trend['rto']) => {
    if (medianMs === null) return [];
    const among = runs === 1 ? '' : `, median ${length(medianMs)}, ${length(bestMs)} to ${length(worstMs)}`;
    return [`  ${name}  last ${length(lastMs)}${among}${known < runs ? `, known in ${known} of ${runs} runs` : ''}`];
  };
  return [
    ...(detailed
      ? [
          `  last run  ${points.at(-1)?.at.slice(0, 10)}, ${successRate(trend)} passed`,
          ...figure('RTO', rto),
          ...customers(points.at(-1)),
          ...figure('RPO', rpo),
        ]
      : []),
    ...(findings.open.length + findings.closed.length > 0
      ? [`  findings  ${findings.open.length} open, ${findings.closed.length} closed`]
      : []),
    ...(actions.open + actions.closed > 0 ? [`  actions  ${actions.open} open, ${actions.closed} closed`] : []),
    ...(overridesOf(trend) ? [yellow(`  ${overridesOf(trend)}`)] : []),
    ...regressions.map(({ words }) => red(`  worse: ${words}`)),
  ];
}

/** How the last run's customers were served again, where the first was before the last. */
function customers(last: Trend['points'][number] | undefined): string[] {
  if (!last || last.rtoMs === null || last.firstMs === null || last.firstMs === last.rtoMs) return [];
  const { firstMs, halfMs, rtoMs } = last;
  return [`  customers  first ${length(firstMs)}, half ${length(halfMs)}, last ${length(rtoMs)}`];
}

const length = (ms: number | null): string => (ms === null ? 'unknown' : inWords(ms));
