import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedTopology } from '../drill/files.ts';
import { here, newFolder, runHere } from './command.ts';

const REPLICA_KEY = 'arn:aws:kms:ap-northeast-1:111122223333:key/00000000-dddd-4eee-8fff-000000000001';

/** The shipped drill of a copy to another region, with the key there named in another way. */
function copyWith(key: string): string {
  const folder = newFolder();
  const topology = join(folder, 'topology.yaml');
  const text = readFileSync(shippedTopology, 'utf8');
  expect(text).toContain(REPLICA_KEY);
  writeFileSync(topology, text.replaceAll(REPLICA_KEY, key));
  return topology;
}

test('preflight notes that a key belongs to another account, and does not take it for one of its own', async () => {
  const key = REPLICA_KEY.replace('111122223333', '999988887777');
  const topology = ['--set', `topology=${copyWith(key)}`];
  const { out } = await here(['preflight', 'drills/multi-region-failover.yaml', ...topology]);
  expect(out).toMatch(/note \d +ecommerce-db-dr-replica is encrypted with a key of account 999988887777/);
});

test.each([
  ['its id', '00000000-dddd-4eee-8fff-000000000001'],
  ['an alias', 'alias/shop'],
  ['the ARN of an alias', 'arn:aws:kms:ap-northeast-1:111122223333:alias/shop'],
  ['the ARN of a key of another account', REPLICA_KEY.replace('111122223333', '999988887777')],
])('a copy in another region is seen to be encrypted with the key that is named by %s', async (_what, key) => {
  const drill = 'drills/cross-region-restore.yaml';
  const { exitCode, read } = await runHere([drill, '--set', `topology=${copyWith(key)}`]);
  expect(exitCode).toBe(0);
  const checks = read('journal.jsonl')
    .split('\n')
    .filter((line) => line.includes('"copy-encrypted-there"'))
    .map((line) => JSON.parse(line));
  expect(checks).toMatchObject([
    { ok: true, detail: expect.stringMatching(/^with arn:aws:kms:ap-northeast-1:\d+:key\//) },
  ]);
});
