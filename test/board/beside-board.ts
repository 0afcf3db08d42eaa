import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/journal/events.ts';
import { drDrill, newFolder } from '../cli/command.ts';

/** Runs the drill live beside a board, and has someone look at the board when the run asks. */
export async function besideBoard(
  board: string[],
  drill: string,
  look: (url: string) => Promise<void>,
  { env, boardEnv = env }: { env: Record<string, string>; boardEnv?: Record<string, string> },
): Promise<Entry[]> {
  const runs = newFolder();
  let looked: Promise<unknown> | undefined;
  let endBoard = () => {};
  const served = new Promise<string>((resolve) => {
    void drDrill(['board', '--runs', runs, '--listen', '127.0.0.1:0', ...board], {
      env: boardEnv,
      begun: (kill) => {
        endBoard = () => kill('SIGTERM');
      },
      watch: (out) => resolve(/http:\S+/.exec(out)?.[0] ?? ''),
    });
  });
  await drDrill(['run', drill, '--live', '--confirm', 'asking', '--runs', runs], {
    env,
    watch(out, kill) {
      if (!out.includes('Now?')) return;
      looked ??= served.then(look).catch((error) => {
        kill('SIGKILL');
        throw error;
      });
    },
  });
  endBoard();
  await looked;
  const name = readdirSync(runs).find((one) => one !== 'index.jsonl') ?? '';
  const lines = readFileSync(join(runs, name, 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** The page, as soon as it shows that someone is asked. */
export async function pageThatAsks(url: string): Promise<string> {
  for (;;) {
    const page = await (await fetch(url)).text();
    if (page.includes('data-wait="')) return page;
  }
}

const unescaped = (html: string) => html.replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** Presses the button with these words. */
export function press(url: string, page: string, words: string, changes: object = {}): Promise<Response> {
  const [, run] = /data-run="([^"]*)"/.exec(page) ?? [];
  const [, guard = ''] = /data-guard="([^"]*)"/.exec(page) ?? [];
  const [, wait] = /data-wait="([^"]*)"/.exec(page) ?? [];
  const [, post = '{}'] = new RegExp(`data-post="([^"]*)"[^>]*>${words}<`).exec(page) ?? [];
  const body = { run, wait: unescaped(wait ?? ''), ...JSON.parse(unescaped(post)), ...changes };
  const headers = { origin: url, 'content-type': 'application/json', 'x-dr-drill-board': guard };
  return fetch(`${url}/decide`, { method: 'POST', headers, body: JSON.stringify(body) });
}
