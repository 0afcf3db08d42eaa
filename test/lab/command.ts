import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/journal/events.ts';
import { readJournal } from '../../src/journal/journal.ts';
import type { Report } from '../../src/report/model.ts';
import type { Lab } from './lab.ts';

export interface Answer {
  code: number | null;
  out: string;
  err: string;
}

interface Call {
  /** Over the lab's own environment; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>;
  /** Sees the output as it comes, with a way to signal the process. */
  watch?: (out: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** What node is called with before the command. */
  node?: string[];
}

/** Calls the built command in the environment of a lab. */
export function drDrill(
  { environment, folder }: Pick<Lab, 'environment' | 'folder'>,
  args: string[],
  { env = {}, watch, node = [] }: Call = {},
): Promise<Answer> {
  const child = spawn(process.execPath, [...node, 'dist/main.js', ...args], {
    env: { PATH: process.env.PATH, HOME: folder, ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const answer: Answer = { code: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    answer.out += text;
    watch?.(answer.out, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    answer.err += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...answer, code })));
}

/** The folder of the only run in there, once there is a journal. */
export const onlyRun = (runs: string): string | undefined => {
  const [name] = existsSync(runs) ? readdirSync(runs).filter((one) => one !== 'index.jsonl') : [];
  return name === undefined ? undefined : join(runs, name);
};

export interface LiveRun extends Answer {
  /** The run's folder. */
  folder: string;
  entries: Entry[];
  report: Report;
}

/** Runs one of the lab's drills for real, and reads what it left. */
export async function liveRun(lab: Lab, path: string, call: Call & { args?: string[] } = {}): Promise<LiveRun> {
  const runs = mkdtempSync(join(lab.folder, 'runs-'));
  const drill = /drill: (\S+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  const answer = await drDrill(
    lab,
    ['run', path, '--live', '--confirm', drill, '--runs', runs, ...(call.args ?? [])],
    call,
  );
  const folder = onlyRun(runs);
  if (folder === undefined) throw new Error(`no run began: ${answer.err}`);
  const { entries } = readJournal(join(folder, 'journal.jsonl'));
  return { ...answer, folder, entries, report: JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) };
}
