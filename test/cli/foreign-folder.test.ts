import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { loadDrill } from '../../src/drill/load.ts';
import type { RunEvent } from '../../src/journal/events.ts';
import { fileJournal } from '../../src/journal/journal.ts';
import { scratch } from '../drill/files.ts';
import { here } from './command.ts';

const files = scratch();

test('a run folder from elsewhere runs no code', async () => {
  const marker = join(files.path, 'ran');
  const module = files.write('evil.cjs', `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`);
  const folder = join(files.path, 'run');
  mkdirSync(folder);
  const { drill, topology } = loadDrill('drills/multi-region-failover.yaml');
  const journal = fileJournal(join(folder, 'journal.jsonl'), new VirtualClock(0), { sync: false });
  const custom = { ...drill, machine: 'custom', steps: [module], phases: [] };
  const header = { type: 'run-started', format: 1, tool: 'x', mode: 'live', seed: 0, drillHash: '', overrides: [] };
  journal.append({ ...header, drill: custom, topology } as unknown as RunEvent);
  journal.close();
  expect((await here(['approve', folder])).err).toContain('waits for nobody');
  const resumed = await here(['resume', folder]);
  expect(resumed.err).toContain('--load-steps');
  expect(resumed.err).toContain(module);
  expect(existsSync(marker)).toBe(false);
  await here(['resume', folder, '--load-steps']);
  expect(existsSync(marker)).toBe(true);
});
