import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { samplePlatform } from '../drift/state.ts';
import { drDrill, here } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'drift-'));
const state = join(folder, 'state.json');
writeFileSync(state, JSON.stringify(samplePlatform));

async function runOf(drill: string): Promise<string> {
  const runs = join(folder, drill);
  await here(['run', `drills/${drill}.yaml`, '--runs', runs]);
  return join(runs, readdirSync(runs).find((name) => name !== 'index.jsonl') ?? '');
}

test('drift shows what a plan would revert, and writes the blocks; the exit code says that there is something', async () => {
  const blocks = join(folder, 'blocks');
  const { exitCode, out } = await drDrill([
    'drift',
    await runOf('multi-region-failover'),
    '--terraform',
    state,
    '-o',
    blocks,
  ]);
  expect(exitCode).toBe(1);
  expect(out).toContain(
    '| `aws_elasticache_global_replication_group.cache` | destroy | `primary_replication_group_id` ',
  );
  expect(readFileSync(join(blocks, 'dr_drill_override.tf'), 'utf8')).toContain(
    'ignore_changes = [primary_replication_group_id]',
  );
});

test('after a drill that leaves nothing a plan reverts nothing', async () => {
  const { exitCode, out } = await here(['drift', await runOf('snapshot-restore'), '--terraform', state]);
  expect(exitCode).toBe(0);
  expect(out).toContain('A plan would revert nothing that the run has left.');
});
