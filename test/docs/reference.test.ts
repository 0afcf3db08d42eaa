import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REFERENCE, referencePages } from '../../scripts/reference/pages.ts';
import { FAILOVER, finished } from '../run/drill.ts';

const pages = referencePages();

test.each(Object.entries(pages))('%s is what the code yields; `npm run reference` writes it', (name, text) => {
  expect(readFileSync(join(REFERENCE, name), 'utf8')).toBe(text);
});

test('every event of a journal has a section', async () => {
  const { entries } = await finished(FAILOVER);
  for (const { type } of entries) expect(pages['journal-events.md']).toContain(`\n## ${type}\n`);
});

test('every variable of our own that the code reads is listed', () => {
  const code = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .join('\n');
  // Between the command and the process that it starts for modules of a user's own.
  const internal = ['DR_DRILL_LOADS_STEPS'];
  const named = new Set([...code.matchAll(/\bDR_DRILL_[A-Z]+(?:_[A-Z]+)*/g)].map(([name]) => name));
  for (const name of named) if (!internal.includes(name)) expect(pages['environment.md']).toContain(`\`${name}\``);
});
