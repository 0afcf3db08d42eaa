import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { isoTime } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { columnsFor } from '../columns.ts';
import { inWords } from '../duration.ts';
import { DrillError } from '../errors.ts';
import { type Answer, answerOf } from '../rehearsals/answer.ts';
import { changesSince } from '../rehearsals/compared.ts';
import type { SeedResult } from '../rehearsals/figures.ts';
import { rehearsalsMarkdown } from '../rehearsals/markdown.ts';
import {
  commandFor,
  ENDING_HEADS,
  endingRows,
  FIGURE_HEADS,
  figureRows,
  isMeasured,
  SIMULATED,
  sentenceOf,
  WAITED_HEADS,
  waitedRows,
} from '../rehearsals/rows.ts';
import type { Bin } from '../rehearsals/statistics.ts';
import { withCommas } from '../with-commas.ts';
import { exitCodes } from './exit-codes.ts';
import { exitNow } from './own-code.ts';
import { makeRunFolder } from './run-folder.ts';
import { loadForSeeds, type Range, rehearseSeeds, threadsFor } from './seeds.ts';
import type { Terminal } from './terminal.ts';
import { tool } from './version.ts';

export interface RehearsalsOptions {
  set: string[];
  runs?: number;
  seeds?: Range;
  threads?: number;
  /** Between 0 and 1. */
  atLeast?: number;
  keep: string;
  json?: boolean;
}

/** As many as tell a share of 95 % to within 1.5 points. */
const RUNS = 1_000;

/** Rehearses a drill with many seeds, and says how likely it is to pass. Gives 1 where that is less than was asked for. */
export async function rehearsalsCommand(path: string, options: RehearsalsOptions, terminal: Terminal): Promise<number> {
  const { set: overrides, atLeast, keep, json } = options;
  if (options.runs !== undefined && options.seeds !== undefined)
    throw new DrillError('usage', '--runs and --seeds do not work together.', {
      hint: 'Leave --runs away: --seeds says how many there are.',
    });
  if (options.runs === 0 || options.threads === 0)
    throw new DrillError('usage', `${options.runs === 0 ? '--runs' : '--threads'} must be at least 1.`, {
      hint: 'Leave it away for the default.',
    });
  const of = { path, overrides };
  const loaded = loadForSeeds(of, terminal);
  const seeds = options.seeds ?? { from: 1, to: options.runs ?? RUNS };
  const count = seeds.to - seeds.from + 1;
  const threads = threadsFor(count, options.threads);
  const breaking = breakOff(terminal);
  if (!terminal.interactive)
    terminal.err(`Rehearsing ${withCommas(count)} seeds in ${threads} ${threads === 1 ? 'thread' : 'threads'}.\n`);
  const progress = progressOf(count, terminal);
  const results: SeedResult[] = [];
  try {
    await rehearseSeeds(of, loaded, {
      ...{ seeds, threads, signal: breaking.signal },
      onResult(result) {
        results.push(result);
        progress.show(results.length);
      },
    });
  } finally {
    progress.close();
    breaking.release();
  }
  const { drill, topology } = loaded;
  const madeAt = isoTime(realClock().wallMs());
  const about = { tool, drill: drill.drill, title: drill.title, topology: topology.topology, overrides, seeds, madeAt };
  const answer = answerOf(results, about);
  const before = lastBefore(keep, answer);
  const changes = before ? changesSince(before, answer) : [];
  const worst = answer.worst ? commandFor(answer.worst.seed, path, overrides) : undefined;
  const folder = await put(keep, answer, changes, worst);
  if (json) terminal.asIs(`${JSON.stringify({ answer, changes }, null, 2)}\n`);
  else {
    const lines = linesOf(answer, { changes, worst }, terminal);
    terminal.out(`${lines.join('\n')}\n\nPage  ${join(folder, 'rehearsals.html')}\n`);
  }
  if (results.length === 0) return exitCodes.aborted;
  return atLeast !== undefined && answer.passed.share < atLeast ? exitCodes['target-missed'] : exitCodes.passed;
}

/** The first Ctrl-C begins no more rehearsals and answers with those that there are; the second ends the process. */
function breakOff(terminal: Terminal): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const hear = () => {
    if (controller.signal.aborted) exitNow(130);
    terminal.err('\nNo more rehearsals are begun.\n');
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, hear);
  return {
    signal: controller.signal,
    release() {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, hear);
    },
  };
}

/** A line on stderr that is written over, where somebody looks on. */
function progressOf(all: number, { interactive, err }: Terminal) {
  const clock = realClock();
  let done = 0;
  let shownMs = 0;
  const perSecond = () => (done / Math.max(1, clock.elapsedMs())) * 1_000;
  return {
    show(count: number) {
      done = count;
      if (!interactive || (clock.elapsedMs() - shownMs < 200 && done < all)) return;
      shownMs = clock.elapsedMs();
      const leftMs = ((all - done) / perSecond()) * 1_000;
      process.stderr.write(
        `\r\x1b[2K${withCommas(done)} of ${withCommas(all)} rehearsals, ${perSecond().toFixed(0)} a second, ${inWords(Math.round(leftMs / 1_000) * 1_000)} left`,
      );
    },
    close() {
      if (interactive) process.stderr.write('\r\x1b[2K');
      else if (done > 0) err(`${withCommas(done)} rehearsals, ${perSecond().toFixed(0)} a second\n`);
    },
  };
}

const ANSWER = 'rehearsals.json';

async function put(keep: string, answer: Answer, changes: string[], worst: string | undefined): Promise<string> {
  const { rehearsalsPage } = await import('../rehearsals/page.tsx');
  const folder = makeRunFolder(keep, answer.drill, Date.parse(answer.madeAt), 'dr-drill rehearse <drill> --keep');
  writeFileSync(join(folder, ANSWER), `${JSON.stringify(answer, null, 2)}\n`);
  writeFileSync(join(folder, 'rehearsals.html'), rehearsalsPage(answer, changes, worst));
  writeFileSync(join(folder, 'rehearsals.md'), rehearsalsMarkdown(answer, changes, worst));
  return folder;
}

/** The newest kept answer of the same drill, made with the same --set. What cannot be read counts for nothing. */
function lastBefore(keep: string, { drill, overrides }: Answer): Answer | undefined {
  const names = namesIn(keep).filter((name) => name.includes(`Z-${drill}`));
  for (const name of names.sort().reverse()) {
    try {
      const answer = JSON.parse(readFileSync(join(keep, name, ANSWER), 'utf8')) as Answer;
      if (
        answer.format === 1 &&
        answer.drill === drill &&
        JSON.stringify(answer.overrides) === JSON.stringify(overrides)
      )
        return answer;
    } catch {
      // It was cut off, or is none.
    }
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

interface Beside {
  changes: readonly string[];
  worst: string | undefined;
}

function linesOf(answer: Answer, { changes, worst }: Beside, { colour, width }: Terminal): string[] {
  const { bold, dim, green, red } = pc.createColors(colour);
  const table = (title: string, heads: string[], rows: string[][]) =>
    rows.length === 0
      ? []
      : [
          '',
          bold(title),
          ...columnsFor([heads, ...rows], { width, paint: (text, row) => (row === 0 ? dim(text) : text) }),
        ];
  const { seeds, rto, passed, title } = answer;
  return [
    bold(title),
    dim(`${tool}, in simulated AWS, seeds ${seeds.from} to ${seeds.to}`),
    '',
    (passed.share === 1 ? green : passed.share < 0.5 ? red : bold)(sentenceOf(answer)),
    ...changes,
    ...table('Figures', FIGURE_HEADS, figureRows(answer)),
    ...(isMeasured(rto) && rto.histogram.length > 1
      ? ['', bold('Recovery time (RTO)'), ...bars(rto.histogram, rto.limitMs)]
      : []),
    ...table('How they ended', ENDING_HEADS, endingRows(answer)),
    ...table('What the recovery waited for', WAITED_HEADS, waitedRows(answer)),
    ...(worst === undefined ? [] : ['', bold('The longest recovery in full'), `  ${worst}`]),
    '',
    SIMULATED,
  ];
}

/** The longest bar in characters. */
const LONGEST = 40;

/** How many runs took how long: a row each, and the target between those that meet it and those that do not. */
function bars(histogram: readonly Bin[], limitMs: number | null): string[] {
  const most = Math.max(...histogram.map(({ count }) => count));
  const from = histogram.map(({ fromMs }) => inWords(fromMs));
  const wide = Math.max(...from.map((one) => one.length));
  return histogram.flatMap(({ fromMs, toMs, count }, index) => [
    `  ${(from[index] ?? '').padStart(wide)}  ${'█'.repeat(Math.ceil((count / most) * LONGEST))}${count === 0 ? '' : ` ${withCommas(count)}`}`,
    ...(limitMs !== null && fromMs < limitMs && limitMs <= toMs
      ? [`  ${'─'.repeat(wide)}  target ${inWords(limitMs)}`]
      : []),
  ]);
}
