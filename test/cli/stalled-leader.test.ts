import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '../../src/journal/journal.ts';
import { scratch } from '../drill/files.ts';
import { type By, beginning, type Scene, stalledAtEach, tableOf } from '../stall/stalled.ts';
import { drDrill, newFolder } from './command.ts';
import { askingDrill, liveAccount } from './live-account.ts';

/** Some lines in CI; every line of the journal, by a stopped process and a hung fsync, with STALLS=all, or so many as STALLS says. */
const { STALLS = '' } = process.env;
const IS_LONG = STALLS !== '';
const AT_ONCE = 8;

const drill = 'drills/secrets-restore.yaml';
const live = (runs: string) => ['run', drill, '--live', '--confirm', 'secrets-restore', '--runs', runs];
const asking = scratch().write(
  'asking.yaml',
  askingDrill({ question: 'Now?', roles: ['incident commander'], each: '60 s' }),
);

async function scene(): Promise<Scene> {
  const { world, env } = await liveAccount();
  const begin = (words: string[], more: Record<string, string>, node: string[] = []) =>
    beginning([...node, 'dist/main.js', ...words], { ...process.env, ...env, ...more });
  return {
    world,
    folder: newFolder(),
    begin: (runs, more, node) => begin(live(runs), more, node),
    takeOver: (runs, more) => begin(['run', asking, '--live', '--confirm', 'asking', '--runs', runs], more),
  };
}

/** The journal of the same drill that nobody holds up. */
async function undisturbed() {
  const { env } = await liveAccount();
  const runs = newFolder();
  const { exitCode, err } = await drDrill(live(runs), { env });
  expect([exitCode, err]).toEqual([0, expect.any(String)]);
  const [run = ''] = readdirSync(runs).filter((name) => name !== 'index.jsonl');
  return readJournal(join(runs, run, 'journal.jsonl')).entries;
}

test(
  `a leader that stands still at ${STALLS === 'all' ? 'any line' : 'some lines'} of its journal changes nothing once another run has taken over`,
  async () => {
    const entries = await undisturbed();
    const count = STALLS === 'all' ? entries.length : Number(STALLS);
    const lines = IS_LONG
      ? Array.from({ length: count }, (_, at) => entries[Math.floor((at * entries.length) / count)]?.seq ?? 1)
      : [
          ...['step-applying', 'step-applied', 'lease-taken'].map((wanted) =>
            entries.find(({ type }) => type === wanted),
          ),
          entries.find((one) => one.type === 'call' && one.mutating),
        ].map((one) => one?.seq ?? 1);
    const cases = lines.flatMap((line) => (['SIGSTOP', 'fsync'] as const).map((by): [number, By] => [line, by]));
    const all = await stalledAtEach(cases, scene, AT_ONCE);
    if (IS_LONG) console.info(`${entries.length} lines\n${tableOf(all)}`);
    expect(all.filter(({ tookOver, changed }) => !tookOver || changed.length > 0)).toEqual([]);
    expect(all.length).toBeGreaterThan(cases.length * 0.8);
    expect(all.some(({ exitCode, last }) => exitCode === 3 && last === 'run-suspended')).toBe(true);
  },
  IS_LONG ? 60 * 60_000 : 120_000,
);
