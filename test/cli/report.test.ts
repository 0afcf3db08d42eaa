import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, here, newFolder, runHere } from './command.ts';

const reports = ['report.html', 'report.json', 'report.md'];

test.each(['drills/multi-region-failover.yaml', 'drills/point-in-time-restore.yaml'])(
  'the reports of %s are made again from the journal, to the byte',
  async (drill) => {
    const { folder, read } = await runHere([drill, '--set', 'targets.rto=1 min']);
    const before = reports.map(read);
    for (const name of reports) rmSync(join(folder, name));
    const { exitCode, out } = await drDrill(['report', folder]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Target missed in rehearsal\./m);
    expect(reports.map(read)).toEqual(before);
    const again = await here(['report', join(folder, 'journal.jsonl'), '--json']);
    expect(JSON.parse(again.out).report).toEqual(JSON.parse(before[1] as string));
  },
);

test('a journal that was altered is refused, with the line', async () => {
  const { folder } = await runHere(['drills/multi-region-failover.yaml', '--quiet']);
  const path = join(folder, 'journal.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  lines[40] = (lines[40] as string).replace(/"ms":\d+/, '"ms":1');
  writeFileSync(path, lines.join('\n'));
  const { exitCode, err } = await here(['report', folder]);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/journal\.jsonl:42: .*altered/);
});

test('a journal that was cut off between two lines is reported as unfinished', async () => {
  const { folder } = await runHere(['drills/multi-region-failover.yaml', '--quiet']);
  const path = join(folder, 'journal.jsonl');
  writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, 80).join('\n')}\n`);
  const { exitCode, out } = await here(['report', folder, '--output', newFolder()]);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^Unfinished in rehearsal\./m);
  expect(out).toMatch(/^RTO +unknown/m);
});

test('where there is no run, that is said', async () => {
  const { exitCode, err } = await here(['report', join(newFolder(), 'nothing')]);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/There is no journal at .*nothing/);
});
