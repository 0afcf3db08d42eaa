import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorFacts } from '../../src/errors.ts';
import { withoutSecrets } from '../../src/secrets.ts';
import { newFolder, runDrill } from './command.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';

test('nothing is logged unless it is asked for', async () => {
  expect((await runDrill([FAILOVER])).err).toBe('');
});

test('--log-level writes readable lines to stderr, of that level and above', async () => {
  const { out, err } = await runDrill([FAILOVER, '--quiet', '--log-level', 'warn']);
  expect(out).toMatch(/^SIMULATED: Passed/);
  expect(err).toMatch(/^2026-01-05T01:00:\S+Z WARN {2}impaired .*region="ap-east-2"$/m);
  expect(err).not.toMatch(/ (DEBUG|INFO) /);
});

test('--log-json writes one JSON object a line, and --log-file a file', async () => {
  const file = join(newFolder(), 'logs', 'run.log');
  const { err } = await runDrill([FAILOVER, '--quiet', '--log-json', '--log-file', file, '--log-level', 'debug']);
  expect(err).toBe('');
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ msg }) => msg === 'call').length).toBeGreaterThan(50);
  expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['debug', 'info', 'warn']));
});

test.each([
  'postgres://drill:hunter2@db.example.com/shop',
  'password=hunter2 host=db',
  'Authorization: Bearer hunter2hunter2',
  'https://x.s3.amazonaws.com/?X-Amz-Security-Token=hunter2&x=1',
])('a secret in an error message is taken out: %s', (message) => {
  expect(errorFacts(new Error(message)).message).not.toContain('hunter2');
  expect(errorFacts(new Error(message)).message).toContain('[secret]');
});

test('access keys are taken out wherever they stand', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.stringMatching(/^(AKIA|ASIA)[A-Z0-9]{16}$/), (before, after, key) => {
      expect(withoutSecrets(`${before} ${key} ${after}`)).not.toContain(key);
    }),
  );
});

test('text without a secret stays as it is', () => {
  for (const text of [
    'a promoted replica cannot be made a replica again',
    'https://shop.example.com/checkout',
    'token bucket',
  ])
    expect(withoutSecrets(text)).toBe(text);
});
