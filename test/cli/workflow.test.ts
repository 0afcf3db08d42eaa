import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { drDrill, newFolder, runDrill } from './command.ts';

interface Job {
  strategy?: { matrix: { drill: string[] } };
  steps: { run?: string }[];
}

const { jobs } = parse(readFileSync('docs/github-actions.yml', 'utf8')) as { jobs: Record<string, Job> };

/** What a job types of ours, word by word, with a drill in the place of the matrix. */
const typed = (job: string, drill = ''): string[] => {
  const lines = jobs[job]?.steps.flatMap(({ run }) => run ?? []) ?? [];
  const line = lines.find((one) => one.startsWith('npx dr-drill ')) ?? '';
  return line
    .replace(/\$\{\{ matrix\.drill \}\}/, drill)
    .split(' ')
    .slice(2);
};

test('the workflow that people copy rehearses drills that are there, and has a summary to show', async () => {
  const drills = jobs.rehearse?.strategy?.matrix.drill ?? [];
  expect(drills.length).toBeGreaterThan(0);
  for (const drill of drills) expect(existsSync(typed('rehearse', drill)[1] ?? ''), drill).toBe(true);
  const [command, ...args] = typed('rehearse', 'snapshot-restore');
  const { exitCode, folder } = await runDrill(args);
  expect([command, exitCode]).toEqual(['run', 0]);
  expect(existsSync(join(folder, 'report.md'))).toBe(true);
});

test('its calendar nags where nothing was ever drilled', async () => {
  const words = typed('overdue');
  const runs = newFolder();
  const { exitCode, out } = await drDrill([...words.with(words.indexOf('--runs') + 1, runs), '--at', '2035-01-01']);
  expect([exitCode, out]).toEqual([1, expect.stringContaining('overdue')]);
});
