import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drDrill, runHere } from './command.ts';

/** Root may read everything, so the command is run as a user who may not. */
const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;
const UNDER = IS_ROOT ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
/** Not where an own user is not available, or may not read the checkout. */
const canBeTried =
  !IS_ROOT || spawnSync(UNDER[0] ?? '', [...UNDER.slice(1), 'test', '-r', resolve('dist/main.js')]).status === 0;

const place = mkdtempSync(join(tmpdir(), 'dr-drill-test-'));
const runs = join(place, 'runs');
const locked = join(place, 'locked');
let run = '';

function give(path: string): void {
  if (IS_ROOT) chownSync(path, NOBODY, NOBODY);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) give(join(path, name));
}

beforeAll(async () => {
  cpSync((await runHere(['drills/snapshot-restore.yaml', '--quiet'])).runs, runs, { recursive: true });
  run = join(runs, readdirSync(runs).find((name) => name !== 'index.jsonl') ?? '');
  execFileSync('mkdir', [locked]);
  writeFileSync(join(locked, 'drill.yaml'), 'drill: x\n');
  give(place);
  chmodSync(join(locked, 'drill.yaml'), 0o000);
  chmodSync(locked, 0o555);
});
afterAll(() => {
  if (!IS_ROOT) execFileSync('chmod', ['-R', 'u+rwX', place]);
  rmSync(place, { recursive: true });
});

const asked = (words: string[]) => drDrill(words, { under: UNDER, env: { HOME: place } });

describe.runIf(canBeTried)('a user without permission is told so, with exit code 2', () => {
  test.each([
    ['report', []],
    ['verify', []],
    ['bundle', ['-o', join(place, 'run.zip')]],
    ['resume', []],
    ['seal', []],
    ['approve', []],
    ['abort', []],
    ['debrief', ['--well', 'the page came at once']],
  ])('by %s, of a journal that may not be read', async (command, more) => {
    chmodSync(join(run, 'journal.jsonl'), 0o000);
    const { exitCode, err } = await asked([command, run, ...more]);
    chmodSync(join(run, 'journal.jsonl'), 0o644);
    expect([exitCode, err]).toEqual([2, expect.stringContaining('journal.jsonl cannot be used: this user may not')]);
    expect(err).not.toMatch(/defect|^ +at /m);
  });

  test.each([
    ['a drill', ['run', join(locked, 'drill.yaml')]],
    ['a drill to validate', ['validate', join(locked, 'drill.yaml')]],
    ['a topology', ['plan', 'drills/snapshot-restore.yaml', '--set', `topology=${join(locked, 'drill.yaml')}`]],
    ['a schedule', ['calendar', join(locked, 'drill.yaml')]],
    ['a bundle', ['verify', join(locked, 'drill.yaml')]],
    ['the folder of runs', ['run', 'drills/snapshot-restore.yaml', '--quiet', '--runs', locked]],
    ['the log', ['run', 'drills/snapshot-restore.yaml', '--quiet', '--runs', runs, '--log-file', join(locked, 'log')]],
    ['a picture', ['graph', 'drills/snapshot-restore.yaml', '-o', join(locked, 'drill.svg')]],
    ['a page', ['history', '--runs', runs, '--html', join(locked, 'history.html')]],
  ])('of %s', async (_, words) => {
    const { exitCode, out, err } = await asked(words);
    expect([exitCode, `${out}${err}`]).toEqual([2, expect.any(String)]);
    expect(err).not.toMatch(/defect|^ +at /m);
  });

  test('of a run folder that may not be written to', async () => {
    chmodSync(run, 0o555);
    const report = await asked(['report', run]);
    const debrief = await asked(['debrief', run, '--well', 'the page came at once']);
    chmodSync(run, 0o755);
    expect([report.exitCode, debrief.exitCode]).toEqual([2, 2]);
    expect(`${report.err}${debrief.err}`).not.toMatch(/defect|^ +at /m);
  });
});
