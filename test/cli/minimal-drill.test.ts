import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, newFolder, runHere } from './command.ts';

const TOPOLOGY = resolve('drills/topologies/ecommerce-platform.yaml');

/** A drill file with what no default can say. */
function minimal(file: string, machine: string, rto: string): string {
  const path = join(newFolder(), file);
  writeFileSync(path, `machine: ${machine}\ntopology: ${TOPOLOGY}\ntargets: { rto: ${rto}, rpo: 24 h }\n`);
  return path;
}

test.each([
  ['my_failover.yaml', 'multi-region-failover', 'my-failover'],
  ['cut-off.yaml', 'network-partition', 'cut-off'],
  ['restore.yaml', 'backup-restore', 'restore'],
])('%s with machine, topology and targets alone is a drill, and passes in rehearsal', async (file, machine, name) => {
  const path = minimal(file, machine, '15 min');
  const { exitCode, read } = await runHere([path]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(read('report.json'))).toMatchObject({ outcome: 'passed', drill: { name } });
});

test('the plan shows what the defaults are', async () => {
  const { out } = await drDrill(['plan', minimal('restore.yaml', 'multi-region-failover', '5 min')]);
  expect(out).toMatch(/baseline +30 s\n/);
  expect(out).toMatch(/watches +8 customers of each name every 1 s; heartbeat rows every 200 ms\n/);
  expect(out).toMatch(/detects +3 failed checks in a row, every 10 s; fails over above 10 % errors\n/);
  expect(out).toMatch(/verifies +1 min, at most 0\.1 % errors, p95 2 s\n/);
});

test('what the file says stands, and no default', async () => {
  const path = minimal('failover.yaml', 'multi-region-failover', '5 min');
  writeFileSync(path, `${readFileSync(path, 'utf8')}baseline: { lasts: 45 s }\nprobe: { customers: 3 }\n`);
  const { out } = await drDrill(['plan', path]);
  expect(out).toMatch(/baseline +45 s\n/);
  expect(out).toMatch(/watches +3 customers of each name every 1 s/);
});
