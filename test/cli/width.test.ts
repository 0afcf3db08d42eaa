import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from '../../src/cli/main.ts';
import { columnsOf } from '../../src/layout.ts';
import { drDrill, here, newFolder } from './command.ts';
import { hasPseudoTerminal, onTerminal } from './pseudo-terminal.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';
const SCHEDULE = 'drills/schedules/ecommerce-platform.yaml';
const drills = readdirSync('drills')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => join('drills', file));

/** Where a run, its debrief and files with mistakes lie. */
let folder = '';
let run = '';

beforeAll(async () => {
  folder = newFolder();
  await here(['run', FAILOVER, '--runs', join(folder, 'runs')]);
  run = join(folder, 'runs', readdirSync(join(folder, 'runs')).find((one) => one !== 'index.jsonl') ?? '');
  const action = 'Raise the quota of vCPUs in the recovery region and note by whom it was asked for; Ann; 2026-12-24';
  await here(['debrief', run, '--well', 'The failover began at once', '--action', action]);
  writeFileSync(
    join(folder, 'mistaken.yaml'),
    readFileSync(FAILOVER, 'utf8')
      .replace('targets:', 'tragets:')
      .replace(
        'title: ',
        'title: [a title that is a list and goes on for far more letters than a terminal has columns, ',
      ),
  );
  mkdirSync(join(folder, 'topologies'));
  copyFileSync('drills/topologies/ecommerce-platform.yaml', join(folder, 'topologies/ecommerce-platform.yaml'));
}, 60_000);

/** What is typed; `<run>` and `<folder>` are those that were made for it. */
const samples: string[] = [
  ...drills.flatMap((drill) => [`plan ${drill}`, `preflight ${drill}`, `validate ${drill}`]),
  `run ${FAILOVER} --quiet`,
  `run ${FAILOVER} --seed 7 --set simulation.promotion.takes=6min --runs <folder>/others`,
  `run ${FAILOVER} --set topology.data.orders.writer.quarantineSecurityGroup=sg-0a1b2c3d4e5f60001 --runs <folder>/blocked`,
  'run drills/snapshot-restore.yaml drills/tabletop.yaml drills/redis-restore.yaml --runs <folder>/several',
  'run drills/snapshot-restore.yaml --runs <folder>/log --log-level info',
  'rehearse drills/redis-global-failover.yaml --runs 3 --threads 1 --keep <folder>/rehearsals',
  `preflight ${FAILOVER} --set topology.data.orders.writer.quarantineSecurityGroup=sg-0a1b2c3d4e5f60001`,
  'validate <folder>/mistaken.yaml',
  'validate drills/nothing-of-that-name-and-a-rather-long-name-which-does-not-exist.yaml',
  `plan ${FAILOVER} --set targets.rto=soon --set no.such.key=1`,
  'list drills',
  'list <folder>',
  'steps',
  'resume <run>',
  'continue <run>',
  'approve <run>',
  'abort <run>',
  'board --listen nowhere',
  'simulate --topology drills/nothing.yaml',
  'discover',
  'init --folder <folder>/own',
  'new',
  'new Mine!',
  'init --system Mine!',
  'runbook drills/tabletop.yaml -o <folder>/tabletop.md',
  'runbooks drills --to <folder>/runbooks --check',
  `iam-policy ${FAILOVER} -o <folder>/policy.json`,
  `graph ${FAILOVER} -o <folder>/graph.mmd`,
  'report <run>',
  'drift <run>',
  'verify <run>',
  'verify <folder>',
  'seal <run>',
  'bundle <run> -o <folder>/evidence.zip',
  'debrief <run>',
  'debrief <run> --by Ann --close 1',
  `notices ${FAILOVER}`,
  `notices ${SCHEDULE} --at 2026-06-01`,
  `calendar ${SCHEDULE} --at 2026-06-01 --runs <folder>/runs`,
  `due ${SCHEDULE} --at 2026-06-01 --runs <folder>/runs`,
  'alarms nothing.yaml',
  'history --runs <folder>/runs',
  'no-such-command',
  '--help',
];

const wordsOf = (sample: string): string[] =>
  sample.split(' ').map((word) => word.replace('<run>', run).replace('<folder>', folder));

const commands = commandLine({ out() {}, asIs() {}, err() {}, colour: false, interactive: false }, () => {}).commands;

test('every command is among the samples', () => {
  for (const command of commands) expect(samples.some((one) => one.split(' ')[0] === command.name())).toBe(true);
});

/** Lines that are longer than the terminal is wide, and could have been broken at a space. */
function tooLong(text: string, width: number): string[] {
  return text.split('\n').filter((line) => {
    if (columnsOf(line) <= width) return false;
    // One word, too, is what single quotes surround, and a blank to fill in.
    const words = line
      .replace(/ \\$/, '')
      .replace(/(?<=^|[\s=])'[^']*'|<[a-z][\w /-]*>/g, (one) => '_'.repeat(one.length));
    const last = [...words.matchAll(/(?<=\S) +(?=\S)/g)].at(-1);
    // A label, a mark or a column may stand before the one word that is too long.
    return last !== undefined && columnsOf(line.slice(0, last.index)) > width / 2;
  });
}

/** The words of an answer, whose run folders are named by the time of day. */
const wordsIn = (text: string): Set<string> =>
  new Set(
    text
      .replace(/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ[\w-]*/g, 'RUN')
      .replace(/\d+ a second/g, 'N a second')
      .split(/\s+/)
      .filter((word) => !['\\', '…', '#'].includes(word)),
  );

describe.each([60, 80])('at %i columns', (width) => {
  test.each(samples)('no word is broken, and no line is longer than it must be: %s', async (sample) => {
    const wide = await here(wordsOf(sample));
    const narrow = await here(wordsOf(sample), width);
    expect(narrow.exitCode).toBe(wide.exitCode);
    expect(tooLong(narrow.out + narrow.err, width)).toEqual([]);
    const known = wordsIn(`${wide.out} ${wide.err}`);
    expect([...wordsIn(`${narrow.out} ${narrow.err}`)].filter((word) => !known.has(word))).toEqual([]);
  });

  test.each(commands.map((command) => command.name()))('no line of the help is longer: %s', async (name) => {
    expect(tooLong((await here([name, '--help'], width)).out, width)).toEqual([]);
  });
});

test('COLUMNS says how wide a page is that is written into a file, and JSON is never broken', async () => {
  const env = { COLUMNS: '60' };
  const { out } = await drDrill(['plan', FAILOVER], { env });
  expect(tooLong(out, 60)).toEqual([]);
  const json = ['plan', FAILOVER, '--json'];
  expect((await drDrill(json, { env })).out).toBe((await drDrill(json)).out);
});

test.runIf(hasPseudoTerminal)('a live view breaks no word either', async () => {
  const { screen } = await onTerminal(['run', FAILOVER, '--speed', '300', '--runs', newFolder()], { columns: 60 });
  const known = wordsIn((await here(['run', FAILOVER, '--runs', newFolder()])).out);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  const lines = screen.replace(/\u001B\[[\d;?]*[a-zA-Z]/g, '').split(/\r?\n/);
  const told = lines.filter((line) => /^ *\d+:\d\d\.\d {2} {2}[✔✘!]/.test(line));
  expect(told.length).toBeGreaterThan(10);
  for (const line of told) expect(columnsOf(line)).toBeLessThanOrEqual(60);
  for (const word of wordsIn(told.join('\n').replace(/\d+:\d\d\.\d/g, '')))
    if (/^[a-z-]{5,}$/.test(word)) expect(known).toContain(word);
});
