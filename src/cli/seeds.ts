import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import type { Entry } from '../journal/events.ts';
import { memoryJournal } from '../journal/journal.ts';
import { figuresOf, type SeedResult } from '../rehearsals/figures.ts';
import { runningModules } from './own-steps.ts';
import { rehearse } from './rehearse.ts';
import type { Terminal } from './terminal.ts';

/** A drill as each thread reads it. */
export interface SeedsOf {
  path: string;
  overrides: string[];
}

/** Rehearses a drill with one seed, and keeps nothing of it but its figures. */
export async function rehearseSeed({ drill, topology }: LoadedDrill, seed: number): Promise<SeedResult> {
  let entries: readonly Entry[] = [];
  const { outcome, reason } = await rehearse({
    drill,
    topology,
    seed,
    openJournal(clock) {
      const journal = memoryJournal(clock);
      entries = journal.entries();
      return journal;
    },
  });
  return { seed, outcome, reason, ...figuresOf(entries) };
}

export const loadForSeeds = ({ path, overrides }: SeedsOf, terminal: Terminal): LoadedDrill =>
  loadDrill(path, { overrides, vocabulary: runningModules(terminal) });

/** So many seeds a thread gets at a time: messages cost little, and all threads end at about the same time. */
const AT_ONCE = 20;

/** What is asked of a thread: seeds from the first to the last. */
export interface Range {
  from: number;
  to: number;
}

/** The script that begins the command, which can begin a thread too; there is none beside sources that are not built. */
const script = fileURLToPath(new URL('./main.js', import.meta.url));

/** How many threads so many seeds get: as many as are asked for, or one for each core. A few seeds are sooner done than a thread begins. */
export const threadsFor = (seeds: number, asked: number = availableParallelism()): number =>
  seeds > AT_ONCE && existsSync(script) ? asked : 1;

interface Rehearsing {
  seeds: Range;
  /** As `threadsFor` gave it. */
  threads: number;
  /** Told of each result, in no order. */
  onResult: (result: SeedResult) => void;
  /** No more seeds are begun once it fires. */
  signal: AbortSignal;
}

/** Rehearses a drill with each seed, in several threads or in this one. Rejects, with all threads ended, where one fails by a defect. */
export async function rehearseSeeds(of: SeedsOf, loaded: LoadedDrill, rehearsing: Rehearsing): Promise<void> {
  const { seeds, threads, onResult, signal } = rehearsing;
  const ranges = inParts(seeds);
  if (threads === 1) {
    for (const { from, to } of ranges)
      for (let seed = from; seed <= to && !signal.aborted; seed += 1) onResult(await rehearseSeed(loaded, seed));
    return;
  }
  const failed = new AbortController();
  const stopped = { ...rehearsing, signal: AbortSignal.any([signal, failed.signal]) };
  try {
    await Promise.all(Array.from({ length: threads }, () => inThread(of, ranges, stopped)));
  } finally {
    failed.abort();
  }
}

/** Takes one range after the other until there are no more. */
function inThread(of: SeedsOf, ranges: Iterator<Range>, { onResult, signal }: Rehearsing): Promise<void> {
  const worker = new Worker(script, {
    argv: ['rehearse'],
    workerData: of,
    // Most of what a rehearsal makes is gone with it; a larger nursery sees less of it survive.
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  return new Promise((done, failed) => {
    let isOver = false;
    const next = () => {
      const { value } = ranges.next();
      isOver = value === undefined;
      if (isOver) void worker.terminate();
      else worker.postMessage(value);
    };
    signal.addEventListener('abort', () => void worker.terminate(), { once: true });
    worker.on('message', (results: SeedResult[]) => {
      for (const one of results) onResult(one);
      next();
    });
    worker.on('error', failed);
    worker.on('exit', () => {
      if (isOver || signal.aborted) return done();
      const hint = 'A step of your own must not end the process; otherwise please report a defect.';
      failed(new DrillError('thread-ended', 'A thread ended before its rehearsals were made.', { hint }));
    });
    next();
  });
}

function* inParts({ from, to }: Range): Generator<Range, undefined> {
  for (let first = from; first <= to; first += AT_ONCE) yield { from: first, to: Math.min(to, first + AT_ONCE - 1) };
  return undefined;
}
