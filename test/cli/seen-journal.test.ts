import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, here, newFolder, runHere } from './command.ts';
import { abortedRun, liveAccount } from './live-account.ts';

const SNAPSHOT = 'drills/snapshot-restore.yaml';

/** An account, and keys of its own. */
async function account() {
  const { env } = await liveAccount();
  return { ...env, DR_DRILL_KEYS: newFolder() };
}

/** Changes a line of a journal, and chains all behind it again, as someone would who knows how. */
function forge(folder: string, change: (entries: { type: string; prev?: string }[]) => object[]): void {
  const path = join(folder, 'journal.jsonl');
  const entries = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  let prev = '0'.repeat(64);
  const lines = change(entries).map((entry, index) => {
    const line = JSON.stringify({ ...entry, seq: index + 1, prev });
    prev = hash('sha256', line);
    return line;
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
}

const forgeries: [string, Parameters<typeof forge>[1]][] = [
  [
    'a line was altered',
    (all) => all.map((one) => (one.type === 'step-started' ? { ...one, title: 'All is well' } : one)),
  ],
  ['a line was taken away', (all) => all.toSpliced(2, 1)],
  ['a line was added', (all) => [...all, all.at(-1) ?? {}]],
  ['the first line was altered', (all) => all.with(0, { ...all[0], seed: 7 } as never)],
];

test.each(forgeries)('a run is neither resumed nor sealed where, since its process died, %s', async (_, change) => {
  const env = await account();
  const { folder = '' } = await abortedRun(env, undefined, 'SIGKILL');
  const untouched = readFileSync(join(folder, 'journal.jsonl'));
  forge(folder, change);
  const refused = { exitCode: 2, err: expect.stringContaining('is not as the process that wrote it left it') };
  expect(await drDrill(['resume', folder], { env })).toMatchObject(refused);
  forge(folder, (all) => [
    ...all,
    { ...all.at(-1), type: 'run-ended', outcome: 'passed', reason: 'every target was met' },
  ]);
  expect(await drDrill(['seal', folder], { env })).toMatchObject(refused);
  expect(existsSync(join(folder, 'manifest.json'))).toBe(false);

  writeFileSync(join(folder, 'journal.jsonl'), untouched);
  await drDrill(['abort', folder], { env });
  expect(await drDrill(['resume', folder], { env })).toMatchObject({ exitCode: 4 });
  const { out } = await drDrill(['verify', folder], { env });
  expect(out).toMatch(/is as it was sealed.*\n {2}sealed with .*, the key of this machine\n$/);
  expect(readdirSync(join(env.DR_DRILL_KEYS, 'journals'))).toEqual([]);
});

test('a run that another machine takes up or seals says so in its seal', async () => {
  const env = await account();
  const { folder = '' } = await abortedRun(env, undefined, 'SIGKILL');
  const elsewhere = { env: { ...env, DR_DRILL_KEYS: newFolder() } };
  await drDrill(['abort', folder], elsewhere);
  expect(await drDrill(['resume', folder], elsewhere)).toMatchObject({ exitCode: 4 });
  const { out } = await drDrill(['verify', folder], elsewhere);
  expect(out).toMatch(/did not see \d+ of \d+ lines/);
  expect(out).not.toContain('the key of this machine');
  const data = JSON.parse((await drDrill(['verify', folder, '--json'], elsewhere)).out);
  expect(data).toMatchObject({ intact: true, unseenLines: expect.any(Number), sealedLater: null });
  expect(data.unseenLines).toBeGreaterThan(0);
});

test('a run that is sealed later says so, with both times, and vouches for no line that it did not see', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  rmSync(join(folder, 'manifest.json'));
  expect(await here(['seal', folder])).toMatchObject({ exitCode: 0 });
  const { out } = await here(['verify', folder]);
  expect(out).toMatch(/sealed later: the run ended 20\S+Z, the seal was made 20\S+Z/);
  expect(out).not.toContain('the key of this machine');
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({
    later: { endedAt: expect.any(String), sealedAt: expect.any(String) },
    unseenLines: manifest.journal.lines,
  });
});

test('what earlier runs left is what stood as the run began, whenever it is sealed', async () => {
  const { runs, folder } = await runHere([SNAPSHOT]);
  expect(await here(['run', SNAPSHOT, '--runs', runs])).toMatchObject({ exitCode: 0 });
  for (const file of ['manifest.json', 'before.json']) rmSync(join(folder, file), { force: true });
  expect(await here(['seal', folder])).toMatchObject({ exitCode: 0 });
  expect(existsSync(join(folder, 'before.json'))).toBe(false);

  const second = readdirSync(runs).filter((name) => name !== 'index.jsonl' && name !== basename(folder))[0] ?? '';
  const before = () => JSON.parse(readFileSync(join(runs, second, 'before.json'), 'utf8'));
  expect(before().runs.map(({ run }: { run: string }) => run)).toEqual([basename(folder)]);
});
