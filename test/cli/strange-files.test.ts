import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { here, newFolder, runHere } from './command.ts';

const folder = newFolder();
let sealed = '';
beforeAll(async () => {
  sealed = (await runHere(['drills/snapshot-restore.yaml', '--quiet'])).folder;
});

/** What may lie where a file is expected. */
const strange: Record<string, (path: string) => void> = {
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  'a device without end': (path) => symlinkSync('/dev/zero', path),
  'a directory': (path) => mkdirSync(path),
  'a file of 3 GiB': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 3 * 2 ** 30);
  },
};

let count = 0;
/** A copy of a sealed run, with one of its files replaced. */
function runWith(file: string, put: (path: string) => void): string {
  count += 1;
  const run = join(folder, `runs-${count}`, '2026-11-23T09-30-00Z-snapshot-restore');
  cpSync(sealed, run, { recursive: true });
  rmSync(join(run, file), { force: true });
  put(join(run, file));
  return run;
}

function alone(name: string, put: (path: string) => void): string {
  count += 1;
  const path = join(folder, `${count}`, name);
  mkdirSync(dirname(path));
  put(path);
  return path;
}

/** Commands, by what they read; each is given the way to put something there. */
const reads: Record<string, (put: (path: string) => void) => string[]> = {
  'a drill': (put) => ['run', alone('drill.yaml', put)],
  'a topology': (put) => ['run', 'drills/snapshot-restore.yaml', '--set', `topology=${alone('topology.yaml', put)}`],
  'a file to validate': (put) => ['validate', alone('drill.yaml', put)],
  'a schedule': (put) => ['calendar', alone('schedule.yaml', put)],
  'a journal to report': (put) => ['report', runWith('journal.jsonl', put)],
  'a journal to resume': (put) => ['resume', runWith('journal.jsonl', put)],
  'a journal to seal': (put) => ['seal', runWith('journal.jsonl', put)],
  'what earlier runs left': (put) => ['report', runWith('before.json', put)],
  'a manifest': (put) => ['report', runWith('manifest.json', put)],
  'a sealed report': (put) => ['report', runWith('report.json', put)],
  'a debrief': (put) => ['debrief', runWith('debrief.jsonl', put), '--well', 'the page came at once'],
  'a debrief file': (put) => ['debrief', runWith('debrief.jsonl', () => {}), '--from', alone('debrief.yaml', put)],
  'a bundle': (put) => ['verify', alone('run.zip', put)],
  'a public key': (put) => ['verify', runWith('debrief.jsonl', () => {}), '--key', alone('signer.pem', put)],
};

describe.each(Object.keys(reads))('%s', (what) => {
  // A directory may be a run.
  const kinds = Object.keys(strange).filter((kind) => what !== 'a bundle' || kind !== 'a directory');
  test.each(kinds)('that is %s is refused at once, in words', async (kind) => {
    const words = reads[what]?.(strange[kind] ?? (() => {})) ?? [];
    const begun = performance.now();
    const { exitCode, err, out } = await here(words);
    expect([exitCode, err]).toEqual([2, expect.not.stringContaining('defect')]);
    expect(`${out}${err}`).not.toBe('');
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

test.each(Object.keys(strange))('history refuses an index that is %s, in words', async (kind) => {
  const run = runWith('debrief.jsonl', () => {});
  (strange[kind] ?? (() => {}))(join(dirname(run), 'index.jsonl'));
  const { exitCode, err } = await here(['history', '--runs', dirname(run)]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('index.jsonl')]);
});

test.each(Object.keys(strange))('history tells of a run whose report is %s', async (kind) => {
  const run = runWith('report.json', strange[kind] ?? (() => {}));
  const { exitCode, out, err } = await here(['history', '--runs', dirname(run)]);
  expect(exitCode).not.toBe(70);
  expect(`${out}${err}`).toContain('snapshot-restore');
});

test('a link in a run folder from elsewhere is not written through', async () => {
  const mine = alone('mine', (path) => writeFileSync(path, 'mine'));
  const run = runWith('report.html', (path) => symlinkSync(mine, `${path}.unfinished`));
  symlinkSync(mine, join(run, 'debrief.jsonl'));
  await here(['report', run]);
  await here(['debrief', run, '--well', 'the page came at once', '--by', 'Mei-Ling Chen']);
  expect(readFileSync(mine, 'utf8')).toBe('mine');
});

/** A live run that did not end, whose first line says something that dr-drill does not write. */
const firstLines: [what: string, change: (header: Header) => void][] = [
  ['has a component of no kind', ({ topology }) => Object.assign(Object.values(topology.data)[0] ?? {}, { kind: 'x' })],
  ['has a kind that is a mapping', ({ topology }) => Object.assign(topology.data, { x: { kind: { toString: 1 } } })],
  ['has no compute', ({ topology }) => Object.assign(topology, { compute: null })],
  ['is drawn from no list', ({ drill }) => Object.assign(drill, { machine: 'custom', surprise: { of: 'x' } })],
];

interface Header {
  mode: string;
  drill: object;
  topology: { data: Record<string, object> };
}

test.each(firstLines)('resume refuses a journal whose first line %s, in words', async (_, change) => {
  const run = runWith('journal.jsonl', (path) => {
    const [first = ''] = readFileSync(join(sealed, 'journal.jsonl'), 'utf8').split('\n');
    const header = { ...(JSON.parse(first) as Header), mode: 'live' };
    change(header);
    writeFileSync(path, `${JSON.stringify(header)}\n`);
  });
  expect(await here(['resume', run])).toMatchObject({ exitCode: 2, err: expect.stringContaining('journal.jsonl') });
});
