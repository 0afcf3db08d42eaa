import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { runDrill, runHere } from './command.ts';

const readme = readFileSync('README.md', 'utf8');
const FAILOVER = 'drills/multi-region-failover.yaml';

describe('the README', () => {
  test('shows the output that one really gets', async () => {
    const [shown = ''] = readme.match(/(?<=```\n) +[\d:.]+ {2}execute[\s\S]*?(?=```)/) ?? [];
    expect(shown).not.toBe('');
    expect((await runDrill([FAILOVER])).out).toContain(shown);
  });

  const rows = [...readme.matchAll(/^\| `(simulation\.[^`]+)` \|.*\| ([a-z ]+)(?:,[^|]*)? \|$/gm)];

  test('has a table of what to break', () => {
    expect(rows.length).toBeGreaterThan(3);
  });

  test.each(rows.map(([, set = '', outcome = '']) => [set, outcome.trim().replaceAll(' ', '-')]))(
    'says truly that %s ends as %s',
    async (set, outcome) => {
      const { exitCode, read } = await runHere([FAILOVER, '--set', set]);
      expect(JSON.parse(read('report.json')).outcome).toBe(outcome);
      expect(exitCode).toBe(exitCodes[outcome as keyof typeof exitCodes]);
    },
  );

  test('lists every exit code', () => {
    for (const code of new Set(Object.values(exitCodes))) expect(readme).toMatch(new RegExp(`^\\| ${code} \\| `, 'm'));
  });

  test('names every command', () => {
    for (const command of ['run', 'validate', 'list', 'plan', 'preflight', 'iam-policy', 'graph', 'report'])
      expect(readme).toMatch(new RegExp(`^\\| \`${command} [<[]`, 'm'));
  });
});
