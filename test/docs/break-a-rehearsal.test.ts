import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { runHere } from '../cli/command.ts';

const page = readFileSync('docs/src/content/docs/how-to/break-a-rehearsal.md', 'utf8');
const rows = [...page.matchAll(/^\| `(simulation\.[^`]+)` \|.*\| ([a-z ]+)(?:,[^|]*)? \|$/gm)];

test('the page has a table of what to break', () => {
  expect(rows.length).toBeGreaterThan(3);
});

test.each(rows.map(([, set = '', outcome = '']) => [set, outcome.trim().replaceAll(' ', '-')]))(
  'the page says truly that %s ends as %s',
  async (set, outcome) => {
    const { exitCode, read } = await runHere(['drills/multi-region-failover.yaml', '--set', set]);
    expect(JSON.parse(read('report.json')).outcome).toBe(outcome);
    expect(exitCode).toBe(exitCodes[outcome as keyof typeof exitCodes]);
  },
);
