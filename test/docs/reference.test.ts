import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FAILOVER, finished } from '../run/drill.ts';

const page = (name: string): string => readFileSync(join('docs/src/content/docs/reference', name), 'utf8');

// In a process of its own: other tests bring steps of their own along.
test('the pages made from the code are what it yields; `npm run reference` writes them', () => {
  expect(spawnSync(process.execPath, ['scripts/reference.mjs', '--check'], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});

test('every event of a journal has a section', async () => {
  const { entries } = await finished(FAILOVER);
  for (const { type } of entries) expect(page('journal-events.md')).toContain(`\n## ${type}\n`);
});

test('every variable of our own that the code reads is listed', () => {
  const code = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .join('\n');
  // Between the command and the process that it starts for modules of a user's own.
  const internal = ['DR_DRILL_LOADS_STEPS'];
  const named = new Set([...code.matchAll(/\bDR_DRILL_[A-Z]+(?:_[A-Z]+)*/g)].map(([name]) => name));
  for (const name of named) if (!internal.includes(name)) expect(page('environment.md')).toContain(`\`${name}\``);
});
