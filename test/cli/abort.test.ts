import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readJournal } from '../../src/journal/journal.ts';
import { runDrill } from './command.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';

test.each([
  ['SIGINT', 'baseline'],
  ['SIGINT', 'execute'],
  ['SIGTERM', 'verify'],
] as const)('%s in phase %s ends the run as aborted, with a report and exit code 4', async (signal, phase) => {
  let sent = false;
  const { exitCode, out, err, folder } = await runDrill([FAILOVER, '--speed', '120'], {
    watch(seen, kill) {
      if (sent || !seen.includes(`  ${phase}\n`)) return;
      sent = true;
      kill(signal);
    },
  });
  expect(exitCode).toBe(4);
  expect(err).toContain('Aborting');
  expect(out).toMatch(/^Aborted in rehearsal\./m);
  expect(out).toContain(`interrupted by ${signal}`);
  expect(readdirSync(folder)).toContain('report.html');
  const { entries } = readJournal(`${folder}/journal.jsonl`);
  expect(entries.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'aborted' });
});
