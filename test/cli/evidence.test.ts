import { hash } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, here, newFolder, runDrill, runHere } from './command.ts';

const SNAPSHOT = 'drills/snapshot-restore.yaml';

test('a run is sealed at its end, packed, and verified from the archive alone, on any machine', async () => {
  const keys = newFolder();
  const { folder, err } = await runDrill([SNAPSHOT], { env: { DR_DRILL_KEYS: keys } });
  expect(err).toBe('');
  const bundle = join(newFolder(), 'evidence.zip');
  expect(await drDrill(['bundle', folder, '-o', bundle])).toMatchObject({ exitCode: 0, out: `${bundle}\n` });
  const elsewhere = { env: { DR_DRILL_KEYS: newFolder(), TZ: 'Asia/Taipei', LC_ALL: 'zh_TW.UTF-8' } };
  const verified = await drDrill(['verify', bundle], elsewhere);
  expect(verified).toMatchObject({ exitCode: 0, err: '' });
  expect(verified.out).toMatch(
    /as it was sealed.*\n.*ed25519 key [0-9a-f]{64}: compare it with what its owner published/,
  );
  const trusted = await drDrill(['verify', bundle, '--key', join(folder, 'signer.pem'), '--json'], elsewhere);
  expect(JSON.parse(trusted.out)).toMatchObject({ intact: true, tampering: [] });

  const again = join(newFolder(), 'again.zip');
  await drDrill(['bundle', folder, '-o', again], elsewhere);
  expect(readFileSync(again).equals(readFileSync(bundle))).toBe(true);
});

test('what was altered is told, with the line, and ends with 1', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  const journal = join(folder, 'journal.jsonl');
  const lines = readFileSync(journal, 'utf8').split('\n');
  writeFileSync(journal, lines.toSpliced(9, 1).join('\n'));
  const { exitCode, out } = await here(['verify', folder]);
  expect([exitCode, out]).toEqual([1, expect.stringContaining('journal.jsonl, line 10, was removed')]);
});

test('what is sealed is not written over', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  expect((await here(['report', folder])).exitCode).toBe(0);
  appendFileSync(join(folder, 'report.md'), 'and all was well\n');
  const { exitCode, err } = await here(['report', folder]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('--output')]);
  const other = join(newFolder(), 'other');
  expect((await here(['report', folder, '--output', other])).exitCode).toBe(0);
  expect(readFileSync(join(other, 'report.md'), 'utf8')).not.toContain('and all was well');
});

test('a dry run whose key cannot be made goes unsealed, and says so', async () => {
  const keys = join(newFolder(), 'keys');
  writeFileSync(keys, 'a file, where a folder is wanted');
  const { exitCode, err, folder } = await runDrill([SNAPSHOT], { env: { DR_DRILL_KEYS: keys } });
  expect([exitCode, err]).toEqual([0, expect.stringContaining('Not sealed: The signing key')]);
  const { exitCode: unverified, out } = await here(['verify', folder]);
  expect([unverified, out]).toEqual([1, expect.stringContaining('manifest.json is missing')]);
});

test('what is no run, no bundle or no key is bad input', async () => {
  const file = join(newFolder(), 'holiday.zip');
  writeFileSync(file, 'no archive');
  for (const args of [
    ['verify', 'runs/none'],
    ['verify', file],
    ['bundle', 'runs/none'],
    ['verify', file, '--key', 'abc'],
  ]) {
    const { exitCode, err } = await here(args);
    expect([args, exitCode, err]).toEqual([args, 2, expect.not.stringContaining('    at ')]);
  }
});

test('verify says in words and with an exit code of its own that it cannot vouch for the reports of another version', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  const entries = readFileSync(join(folder, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
  let prev = '0'.repeat(64);
  const older = entries.map((line) => {
    const entry = JSON.parse(line);
    const said = JSON.stringify({ ...entry, prev, ...(entry.tool && { tool: 'dr-drill 0.0.1' }) });
    prev = hash('sha256', said);
    return said;
  });
  writeFileSync(join(folder, 'journal.jsonl'), `${older.join('\n')}\n`);
  rmSync(join(folder, 'manifest.json'));
  expect(await here(['seal', folder])).toMatchObject({ exitCode: 0 });
  const { exitCode, out } = await here(['verify', folder]);
  expect([exitCode, out]).toEqual([
    3,
    expect.stringMatching(/Its reports are not vouched for: the run was made with dr-drill 0\.0\.1/),
  ]);
  const data = JSON.parse((await here(['verify', folder, '--json'])).out);
  expect(data).toMatchObject({ intact: true, reports: 'not-vouched-for', tool: 'dr-drill 0.0.1' });
});

test('verify --json says who signed, and whether that key was expected', async () => {
  const { folder } = await runHere([SNAPSHOT]);
  const key = async (...args: string[]) => JSON.parse((await here(['verify', folder, '--json', ...args])).out).key;
  const own = await key();
  expect(own).toMatchObject({ algorithm: 'ed25519', expected: true, expectedBy: 'this machine' });
  expect(await key('--key', own.fingerprint)).toEqual({ ...own, expectedBy: '--key' });
  expect(await key('--key', 'a'.repeat(64))).toEqual({ ...own, expected: false, expectedBy: '--key' });
});
