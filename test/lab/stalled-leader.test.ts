import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/journal/events.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { askingDrill } from '../cli/live-account.ts';
import { scratch } from '../drill/files.ts';
import { type By, beginning, stalledAtEach, tableOf } from '../stall/stalled.ts';
import { drDrill, onlyRun } from './command.ts';
import { type Lab, startLab } from './lab.ts';

/** The promotion in CI; with STALLS=all every line but those of probes and heartbeats, with STALLS=30 so many of them, with STALLS=66,135 these. */
const { STALLS = '1' } = process.env;

const folder = scratch();
const failover = (lab: Lab, runs: string) => [
  ...['run', lab.drills.failover, '--live', '--confirm', 'lab-failover', '--runs', runs],
  ...['--set', 'verification.lasts=1 s'],
];

async function scene() {
  const lab = await startLab({ speed: 60 });
  const asking = folder.write(
    `asking-${lab.server.url.replace(/\D+/g, '-')}.yaml`,
    askingDrill({ question: 'Now?', roles: ['incident commander'], each: '60 s' }).replace(
      /^topology: .*$/m,
      `topology: ${join(lab.folder, 'topology.yaml')}`,
    ),
  );
  const env = { PATH: process.env.PATH, HOME: lab.folder, ...lab.environment };
  return {
    world: lab.world,
    folder: lab.folder,
    begin: (runs: string, more: Record<string, string>, node: string[]) =>
      beginning([...node, 'dist/main.js', ...failover(lab, runs)], { ...env, ...more }),
    takeOver: (runs: string, more: Record<string, string>) =>
      beginning(['dist/main.js', 'run', asking, '--live', '--confirm', 'asking', '--runs', runs], { ...env, ...more }),
    // Fails where two databases took the shop's writes at the same time.
    close: () => lab.close(),
  };
}

async function undisturbed() {
  const lab = await startLab({ speed: 60 });
  try {
    const runs = join(lab.folder, 'runs');
    expect(await drDrill(lab, failover(lab, runs))).toMatchObject({ code: 0 });
    return readJournal(join(onlyRun(runs) ?? '', 'journal.jsonl')).entries;
  } finally {
    await lab.close();
  }
}

function linesIn(entries: readonly Entry[]): number[] {
  if (STALLS.includes(',')) return STALLS.split(',').map(Number);
  const promotion = entries.findIndex((one) => one.type === 'step-applying' && one.pointOfNoReturn !== undefined);
  if (STALLS === '1') return [promotion + 1];
  const telling = entries.filter(({ type }) => !/^(probes?|heartbeats|lag|zone-|standing)/.test(type));
  const count = STALLS === 'all' ? telling.length : Number(STALLS);
  return Array.from({ length: count }, (_, at) => telling[Math.floor((at * telling.length) / count)]?.seq ?? 1);
}

test(
  'a leader that stands still changes nothing in the lab once another run has taken over',
  async () => {
    const entries = await undisturbed();
    const lines = linesIn(entries);
    const isOne = lines.length === 1;
    const ways: readonly By[] = isOne ? ['SIGSTOP'] : ['SIGSTOP', 'fsync'];
    const all = await stalledAtEach(
      lines.flatMap((line) => ways.map((by): [number, By] => [line, by])),
      scene,
      // Most of it is waiting for a lease.
      isOne ? 1 : 4,
      (one, notBegun) => {
        if (!isOne && one) console.info(JSON.stringify({ ...one, second: undefined, notBegun }));
      },
    );
    if (!isOne) console.info(`${entries.length} lines\n${tableOf(all)}`);
    expect(all.filter(({ tookOver, changed }) => !tookOver || changed.length > 0)).toEqual([]);
    expect(all.length).toBeGreaterThan(0.9 * lines.length * ways.length);
  },
  4 * 60 * 60_000,
);
