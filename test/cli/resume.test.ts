import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, here, newFolder, runHere } from './command.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';

test('a dry run is not resumed, but run again', async () => {
  const { folder } = await runHere([FAILOVER, '--quiet', '--seed', '7']);
  const lines = readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n');
  writeFileSync(join(folder, 'journal.jsonl'), `${lines.slice(0, 60).join('\n')}\n`);
  for (const command of ['resume', 'abort', 'approve']) {
    const { exitCode, err } = await here([command, folder]);
    expect([command, exitCode, err]).toEqual([
      command,
      2,
      expect.stringContaining('the same seed (7) takes the same course'),
    ]);
  }
});

test('a run that has ended, or was never begun, is not resumed', async () => {
  const { folder } = await runHere([FAILOVER, '--quiet']);
  const ended = await here(['resume', folder]);
  expect([ended.exitCode, ended.err]).toEqual([2, expect.stringContaining('This run has ended already: passed.')]);
  const missing = await here(['resume', join(newFolder(), 'nothing')]);
  expect([missing.exitCode, missing.err]).toEqual([2, expect.stringContaining('There is no run in')]);
});

test('options of a live run are refused without --live, and those of a dry run with it', async () => {
  const confirm = await here(['run', FAILOVER, '--confirm', 'x']);
  expect([confirm.exitCode, confirm.err]).toEqual([2, expect.stringContaining('--confirm is for a live run only.')]);
  const seed = await here(['run', FAILOVER, '--live', '--seed', '1']);
  expect([seed.exitCode, seed.err]).toEqual([2, expect.stringContaining('--seed is for a dry run only.')]);
});

test('when the disk is full the run stops where it is, and says so', async () => {
  const runs = join(newFolder(), 'runs');
  // A file may have so many blocks of 512 bytes: a part of what a journal needs.
  const under = ['sh', '-c', 'ulimit -f 80; exec "$@"', 'sh'];
  const { exitCode, err } = await drDrill(['run', FAILOVER, '--runs', runs], { under });
  expect([exitCode, err]).toEqual([
    3,
    expect.stringMatching(/The journal .*journal\.jsonl cannot be written: .*\n\nNothing more was done/),
  ]);
  const [name = ''] = readdirSync(runs).filter((one) => one !== 'index.jsonl');
  const journal = readFileSync(join(runs, name, 'journal.jsonl'), 'utf8');
  expect(journal).not.toContain('run-ended');
});

test('where no folder can be made nothing is begun', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'runs'), 'a file');
  mkdirSync(join(folder, 'other'));
  const { exitCode, err } = await here(['run', FAILOVER, '--runs', join(folder, 'runs', 'deeper')]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('No run folder can be made')]);
});
