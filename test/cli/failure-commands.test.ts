import { chmodSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drillText, scratch } from '../drill/files.ts';
import { here, runHere } from './command.ts';

const folder = scratch();
const script = folder.write('works.sh', '#!/bin/sh\nexit 0\n');
chmodSync(script, 0o755);
const unexecutable = folder.write('unexecutable.sh', '#!/bin/sh\n');
chmodSync(unexecutable, 0o644);

/** The regional failover with commands of its own. */
function failingBy(commands: { inject?: string; heal?: string; active?: string }): string {
  const all = { inject: script, heal: script, active: script, ...commands };
  return folder.write(
    'own-failure.yaml',
    drillText('drills/multi-region-failover.yaml').replace(
      '  kind: region-outage\n',
      `  kind: region-outage\n  commands: ${JSON.stringify(all)}\n`,
    ),
  );
}

describe.each(['inject', 'heal', 'active'] as const)('a failure command %s that cannot be started', (name) => {
  test.each([
    ['a file that is not there', './lose-primary', 'there is no file ./lose-primary'],
    ['a file that is not executable', unexecutable, `${unexecutable} is not executable`],
    ['a folder', folder.path, `${folder.path} is not a file`],
    ['a script that is not there', 'bash ./lose-primary.sh', 'there is no file ./lose-primary.sh'],
  ])('%s is told on loading, by every command that reads the drill', async (_, command, mistake) => {
    const drill = failingBy({ [name]: command });
    const told = new RegExp(`own-failure\\.yaml:\\d+:\\d+ .*${mistake.replace(/[.]/g, '\\.')}`);
    for (const words of [
      ['validate', drill],
      ['plan', drill],
      ['preflight', drill],
    ]) {
      const { exitCode, err } = await here(words);
      expect([words[0], exitCode, err]).toEqual([words[0], 2, expect.stringMatching(told)]);
    }
    const { exitCode, err } = await runHere([drill]);
    expect([exitCode, err]).toEqual([2, expect.stringMatching(told)]);
  });
});

test('commands that can be started are no mistake', async () => {
  expect((await here(['validate', failingBy({})])).exitCode).toBe(0);
});
