import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isChange } from '../../src/aws/changes.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import type { Entry } from '../../src/journal/events.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { type AnsweredCall, serve } from '../../src/server/serve.ts';
import type { SimulatedWorld } from '../../src/simulator/simulate.ts';

export type By = 'SIGSTOP' | 'fsync';

/** A process that carries out a drill. */
interface Process {
  kill(signal: NodeJS.Signals): void;
  ended: Promise<{ exitCode: number | null; said: string }>;
}

export interface Scene {
  world: SimulatedWorld;
  /** Where runs may be kept. */
  folder: string;
  /** Begins the drill in a process of its own, with this environment and these options of node. */
  begin(runs: string, env: Record<string, string>, node: string[]): Process;
  /** Begins another drill of the same topology, which takes the lease and then waits for people. */
  takeOver(runs: string, env: Record<string, string>): Process;
}

/** What came of a leader that stood still at one line of its journal while a second run took the topology over. */
export interface Stalled {
  line: number;
  by: By;
  /** What is in that line. */
  type: string;
  /** Nothing where the second run did not take the topology over. */
  tookOver: boolean;
  /** What the first run changed or undid afterwards; must be nothing. */
  changed: string[];
  exitCode: number | null;
  /** The last line of the first run's journal. */
  last: string;
  /** What the second one said. */
  second: string;
}

/** Begins a process of node, and hears what it says. */
export function beginning(words: string[], env: NodeJS.ProcessEnv): Process {
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  return {
    kill: (signal) => child.kill(signal),
    ended: new Promise((done) => child.on('close', (exitCode) => done({ exitCode, said }))),
  };
}

const clock = realClock();

function journalIn(runs: string): Entry[] {
  const [run] = existsSync(runs) ? readdirSync(runs).filter((name) => name !== 'index.jsonl') : [];
  try {
    return run === undefined ? [] : readJournal(join(runs, run, 'journal.jsonl')).entries;
  } catch {
    // Its first line is not there yet, or not whole.
    return [];
  }
}

async function until(isSo: () => boolean, withinMs: number): Promise<boolean> {
  const endMs = clock.nowMs() + withinMs;
  while (!isSo()) {
    if (clock.nowMs() > endMs) return false;
    await clock.sleep(100);
  }
  return true;
}

/**
 * What the journal says of changes and undos behind a line. A change that was answered up to that line was made before it; so was the
 * failure, where that line says that it is there. What is sent to AWS later, the account tells.
 */
function changesBehind(line: number, entries: readonly Entry[]): Entry['type'][] {
  const before = entries.slice(0, line);
  const answered = new Set(before.flatMap((entry) => (entry.type === 'call' && entry.mutating ? [entry.step] : [])));
  const applying = before.findLast((entry) => entry.type === 'step-applying');
  if (before.at(-1)?.type === 'impaired' && applying) answered.add(applying.step);
  return entries.slice(line).flatMap((entry) => {
    const isChanged = entry.type === 'step-applied' && !answered.has(entry.step);
    return isChanged || entry.type === 'undo-started' ? [entry.type] : [];
  });
}

/**
 * Lets a first run stand still at a line, a second one take over, and the first one go on. Nothing, where it passes before that line: no two
 * journals are of one length. Fails where it ends otherwise.
 */
export async function stalledAt(
  line: number,
  by: By,
  { world, folder, begin, takeOver }: Scene,
): Promise<Stalled | undefined> {
  const place = mkdtempSync(join(folder, `stall-${by}-${line}-`));
  const at = (name: string) => join(place, name);
  mkdirSync(at('leases'));
  const calls: AnsweredCall[] = [];
  const servers = await Promise.all(
    [(call: AnsweredCall) => void calls.push(call), () => {}].map((onCall) =>
      serve({ world, listen: { host: '127.0.0.1', port: 0 }, clock, onCall }),
    ),
  );
  const env = (server: number, more: object = {}) => ({
    AWS_ENDPOINT_URL: servers[server]?.url ?? '',
    DR_DRILL_LEASES: at('leases'),
    ...more,
  });
  const STALL = JSON.stringify({ line, by, asleep: at('asleep'), wake: at('wake') });
  const preload = pathToFileURL(resolve('test/stall/stall.mjs')).href;
  const first = begin(at('first'), env(0, { STALL }), ['--import', preload]);
  let hasEnded = false;
  void first.ended.then(() => {
    hasEnded = true;
  });
  try {
    await until(() => existsSync(at('asleep')) || hasEnded, 120_000);
    if (!existsSync(at('asleep'))) {
      first.kill('SIGKILL');
      const { exitCode, said } = await first.ended;
      if (exitCode === 0) return undefined;
      throw new Error(`The run ended with ${exitCode} before line ${line}:\n${said}`);
    }
    const atLine = journalIn(at('first')).length;
    const second = takeOver(at('second'), env(1));
    const tookOver = await until(() => journalIn(at('second')).some(({ type }) => type === 'lease-taken'), 60_000);
    const before = calls.length;
    writeFileSync(at('wake'), '');
    first.kill('SIGCONT');
    const { exitCode } = await first.ended;
    second.kill('SIGINT');
    const { said } = await second.ended;
    const entries = journalIn(at('first'));
    const sent = calls.slice(before).filter(({ service, operation }) => isChange(`${service}:${operation}`));
    return {
      line,
      by,
      type: entries[atLine - 1]?.type ?? '',
      tookOver,
      changed: [...sent.map(({ operation }) => operation), ...changesBehind(atLine, entries)],
      exitCode,
      last: entries.at(-1)?.type ?? '',
      second: said,
    };
  } finally {
    first.kill('SIGKILL');
    await Promise.all(servers.map((server) => server.close()));
  }
}

/** On a busy machine a drill may fail for its own reasons before it comes to the line. */
const ATTEMPTS = 3;

/** Counts as one that was not taken over; the others continue. */
const notReached = ([line, by]: readonly [line: number, by: By], error: unknown): Stalled => ({
  ...{ line, by, type: 'not reached', tookOver: false, changed: [], exitCode: null, last: '' },
  second: String(error),
});

/** Several at a time: most of it is waiting for a lease to run out. */
export async function stalledAtEach(
  cases: readonly (readonly [line: number, by: By])[],
  scene: () => Promise<Scene & { close?: () => Promise<unknown> }>,
  atOnce: number,
  /** Told of each as it ends, with how many have not begun. */
  onEach: (stalled: Stalled | undefined, notBegun: number) => void = () => {},
): Promise<Stalled[]> {
  const left = [...cases];
  const all: Stalled[] = [];
  const inScene = async (one: (typeof left)[number], attempt = 1): Promise<Stalled | undefined> => {
    const set = await scene();
    try {
      return await stalledAt(...one, set);
    } catch (error) {
      if (attempt === ATTEMPTS) return notReached(one, error);
    } finally {
      await set.close?.();
    }
    return inScene(one, attempt + 1);
  };
  const work = async () => {
    for (let one = left.shift(); one; one = left.shift()) {
      const stalled = await inScene(one);
      if (stalled) all.push(stalled);
      onEach(stalled, left.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return all.sort((a, b) => a.by.localeCompare(b.by) || a.line - b.line);
}

/** A table for a person: one row for each kind of line. */
export function tableOf(all: readonly Stalled[]): string {
  const kinds = new Map<string, Stalled[]>();
  for (const one of all) kinds.set(`${one.by} | ${one.type}`, [...(kinds.get(`${one.by} | ${one.type}`) ?? []), one]);
  const rows = [...kinds].map(([kind, some]) => {
    const exits = [...new Set(some.map(({ exitCode }) => exitCode))].join(', ');
    return `| ${kind} | ${some.length} | ${some.filter(({ tookOver }) => tookOver).length} | ${some.flatMap(({ changed }) => changed).length} | ${exits} |`;
  });
  return [
    '| stalled by | at the line | times | taken over | changes afterwards | exit codes |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
