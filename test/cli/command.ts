import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import { answer as answerOf } from '../../src/cli/main.ts';
import { laidOut } from '../../src/layout.ts';

export interface Answer {
  exitCode: number | null;
  out: string;
  err: string;
}

interface Call {
  env?: Record<string, string>;
  /** Where it is called. */
  cwd?: string;
  /** Options of node itself. */
  node?: string[];
  /** What to run node with, such as `unshare -rn`. */
  under?: string[];
  /** Gets the way to signal the process as soon as it is there. */
  begun?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Sees the output as it comes, with a way to signal the process. */
  watch?: (out: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Sees what is said on stderr. */
  hear?: (err: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** What a command inherits: no colours, and of AWS no credentials and endpoints, which other tests of this process may have set. */
const inherited = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(NO_COLOR|FORCE_COLOR|AWS_(ACCESS|SECRET|SESSION|ENDPOINT|PROFILE)\w*)$/.test(name),
    ),
  );

/** Calls the built command as a shell would. */
export function drDrill(
  args: string[],
  { env = {}, cwd, node = [], under = [], begun, watch, hear }: Call = {},
): Promise<Answer> {
  const [command = '', ...rest] = [...under, process.execPath, ...node, resolve('dist/main.js'), ...args];
  const options: SpawnOptions = {
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd && { cwd }),
  };
  const child = spawn(command, rest, options);
  const answer: Answer = { exitCode: null, out: '', err: '' };
  begun?.((signal) => child.kill(signal));
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    answer.out += text;
    watch?.(answer.out, (signal) => child.kill(signal));
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    answer.err += text;
    hear?.(answer.err, (signal) => child.kill(signal));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ ...answer, exitCode }));
  });
}

/**
 * Gives the same words to the command in this process, which is ten times as quick: where only its answer is looked at, and what it
 * leaves in folders, and as a terminal of so many columns shows it. What concerns a process, such as signals, its environment and its screen, needs one; so does each command once.
 */
export async function here(words: string[], width?: number): Promise<Answer> {
  const said: Answer = { exitCode: null, out: '', err: '' };
  const asIs = (text: string) => {
    said.out += text;
  };
  const err = (text: string) => {
    said.err += laidOut(text, width);
  };
  const out = (text: string) => asIs(laidOut(text, width));
  const exitCode = await answerOf(words, { out, asIs, err, width, colour: false, interactive: false });
  return { ...said, exitCode };
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder that is gone after the tests of the file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dr-drill-test-'));
  folders.push(folder);
  return folder;
}

/** Runs a drill into a folder of its own; gives the answer and where the run lies. */
export const runDrill = (args: string[], call: Call = {}) => runWith((words) => drDrill(words, call), args);

/** The same in this process. */
export const runHere = (args: string[]) => runWith(here, args);

async function runWith(ask: (words: string[]) => Promise<Answer>, args: string[]) {
  const runs = newFolder();
  const answer = await ask(['run', '--runs', runs, ...args]);
  const [name = ''] = readdirSync(runs).filter((one) => one !== 'index.jsonl');
  const folder = join(runs, name);
  return { ...answer, runs, folder, read: (file: string) => readFileSync(join(folder, file), 'utf8') };
}
