import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { newFolder } from './command.ts';

interface Step {
  id?: string;
  run?: string;
  env?: Record<string, string>;
}
interface Action {
  inputs: Record<string, { default?: string }>;
  runs: { steps: Step[] };
}

const action = parse(readFileSync('action.yml', 'utf8')) as Action;

/** Runs the shell of the action's steps as GitHub does, with the command that this checkout has built. */
function acted(inputs: Record<string, string>) {
  const folder = newFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const npx = join(bin, 'npx');
  writeFileSync(
    npx,
    `#!/bin/sh\nwhile [ "$1" != dr-drill ]; do shift; done; shift\nexec '${process.execPath}' '${resolve('dist/main.js')}' "$@"\n`,
  );
  chmodSync(npx, 0o755);
  const [summary, output] = [join(folder, 'summary.md'), join(folder, 'output')];
  for (const file of [summary, output]) writeFileSync(file, '');
  const outputs = () =>
    Object.fromEntries(
      readFileSync(output, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    );
  const value = (text: string): string =>
    text.replace(/\$\{\{ (inputs|steps\.rehearse\.outputs)\.([\w-]+) \}\}/g, (_, from: string, name: string) =>
      from === 'inputs' ? (inputs[name] ?? action.inputs[name]?.default ?? '') : (outputs()[name] ?? ''),
    );
  let said = '';
  let status: number | null = 0;
  for (const { run, env = {} } of action.runs.steps) {
    if (run === undefined || status !== 0) continue;
    const given = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, value(text)]));
    const step = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      env: {
        ...process.env,
        PATH: `${bin}:${process.env.PATH}`,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_OUTPUT: output,
        ...given,
      },
      encoding: 'utf8',
    });
    said += `${step.stdout}${step.stderr}`;
    status = step.status;
  }
  return { said, status, summary: readFileSync(summary, 'utf8'), outputs: outputs() };
}

test('the action rehearses drills, and shows their reports in the summary of the job', () => {
  const { status, summary, outputs, said } = acted({
    drills: 'drills/snapshot-restore.yaml\ndrills/tabletop.yaml',
    runs: join(newFolder(), 'runs'),
  });
  expect([status, outputs, said]).toEqual([0, { 'exit-code': '0' }, expect.not.stringContaining('::error')]);
  expect(summary.match(/^# /gm)).toHaveLength(2);
  expect(summary).toContain('SIMULATED');
});

test('the action marks the file of a drill that fails, rehearses the others, and fails', () => {
  const { status, summary, said } = acted({
    drills: 'drills/snapshot-restore.yaml drills/no-such-drill.yaml',
    set: 'targets.rto=1 s\n',
    runs: join(newFolder(), 'runs'),
  });
  expect(status).toBe(2);
  expect(said).toContain('::error file=drills/snapshot-restore.yaml,title=dr-drill exit code 1::');
  expect(said).toContain('::error file=drills/no-such-drill.yaml,title=dr-drill exit code 2::');
  expect(summary).toContain('Restore');
});
