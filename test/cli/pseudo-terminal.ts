import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** `script` of util-linux gives a command a terminal of its own. */
export const hasPseudoTerminal = spawnSync('script', ['--version']).status === 0;

interface Sitting {
  columns?: number;
  env?: Record<string, string>;
  /** Where it is called. */
  cwd?: string;
  /** What a person types who has seen so much on the screen; called whenever more comes. */
  types?: (screen: string, type: (keys: string) => void) => void;
}

/** Calls the built command on a terminal, of 110 columns where nothing else is asked for. */
export function onTerminal(args: string[], { env = {}, cwd, columns = 110, types }: Sitting = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...inherited } = process.env;
  const words = [process.execPath, resolve('dist/main.js'), ...args].map((word) => `'${word}'`);
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40 && exec ${words.join(' ')}`, '/dev/null'], {
    env: { ...inherited, TERM: 'xterm-256color', ...env },
    ...(cwd && { cwd }),
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    screen += text;
    types?.(screen, (keys) => child.stdin.write(keys));
  });
  // Anyone who has gone home types nothing more.
  child.stdin.on('error', () => {});
  return new Promise<{ exitCode: number | null; screen: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, screen }));
  });
}

/**
 * What someone types who waits for each text in turn, and gives its answer; a text without one is only waited for. What has been seen is
 * taken off the list.
 */
export function answering(talk: [awaited: string, answer?: string][]): NonNullable<Sitting['types']> {
  let seen = 0;
  return (screen, type) => {
    for (let next = talk[0]; next !== undefined; next = talk[0]) {
      const [awaited, answer] = next;
      const at = screen.indexOf(awaited, seen);
      if (at < 0) return;
      seen = at + awaited.length;
      talk.shift();
      if (answer !== undefined) type(`${answer}\n`);
    }
  };
}
