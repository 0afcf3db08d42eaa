import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { drDrill, here, newFolder } from './command.ts';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, string>;
}
interface Job {
  strategy?: { matrix: { drill: string[] } };
  steps: Step[];
}

const workflow = readFileSync('docs/github-actions.yml', 'utf8');
const { jobs } = parse(workflow) as { jobs: Record<string, Job> };
const action = readFileSync('action.yml', 'utf8');

/** What is typed of ours in a file, word by word. */
const commandsIn = (text: string): string[][] =>
  [...text.matchAll(/(?:npx dr-drill|"\$\{command\[@\]\}") ([a-z][^\n)]*)/g)].map(([, line = '']) =>
    line.replace(/ 2>&1.*$/, '').split(' '),
  );

describe.each([
  ['docs/github-actions.yml', workflow],
  ['action.yml', action],
])('%s', (_, text) => {
  const commands = commandsIn(text);

  test('calls commands that are there, with options that they take', async () => {
    expect(commands).not.toEqual([]);
    for (const [command = '', ...words] of commands) {
      const { exitCode, out } = await here([command, '--help']);
      expect([command, exitCode]).toEqual([command, 0]);
      for (const option of words.filter((word) => word.startsWith('--')))
        expect(out, command).toMatch(new RegExp(`^ +(-\\w, )?${option}( |$)`, 'm'));
    }
  });
});

test('the workflow that people copy rehearses drills that are there, by the action that the package brings, with inputs that it has', () => {
  const { steps = [], strategy } = jobs.rehearse ?? {};
  const own = steps.find(({ uses }) => uses?.startsWith('./node_modules/'));
  const { files, name } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[]; name: string };
  expect([own?.uses, files]).toEqual([`./node_modules/${name}`, expect.arrayContaining(['action.yml'])]);
  const inputs = Object.keys((parse(action) as { inputs: object }).inputs);
  expect(inputs).toEqual(expect.arrayContaining(Object.keys(own?.with ?? {})));
  const drills = strategy?.matrix.drill ?? [];
  expect(drills.length).toBeGreaterThan(0);
  for (const drill of drills)
    expect(existsSync(own?.with?.drills?.replace(/\$\{\{ matrix\.drill \}\}/, drill) ?? ''), drill).toBe(true);
});

test('its weekly job rehearses what is due, and fails while a live run is left to do', async () => {
  const [words = []] = commandsIn(jobs.due?.steps.flatMap(({ run }) => run ?? []).join('\n') ?? '');
  const [schedule = ''] = words.filter((word) => word.endsWith('.yaml'));
  expect(existsSync(schedule)).toBe(true);
  const folder = newFolder();
  const weekly = async (...exercises: string[]) => {
    const path = join(folder, `${exercises.length}.yaml`);
    writeFileSync(path, ['schedule: weekly', 'since: "2026-01-01"', 'exercises:', ...exercises].join('\n'));
    const runs = join(folder, `runs-${exercises.length}`);
    const typed = words.map((word, index) => (word === schedule ? path : words[index - 1] === '--runs' ? runs : word));
    const { exitCode, out } = await drDrill([...typed, '--at', '2026-02-04']);
    return { exitCode, out, made: readdirSync(runs).filter((name) => name !== 'index.jsonl').length };
  };
  const drill = resolve('drills/snapshot-restore.yaml');
  const rehearsed = `  - { drill: ${drill}, every: month, week: 1, owner: database }`;
  expect(await weekly(rehearsed)).toMatchObject({ exitCode: 0, made: 1 });
  const live = `  - { drill: ${resolve('drills/tabletop.yaml')}, every: month, week: 1, counts: live, owner: ops }`;
  const left = await weekly(rehearsed, live);
  expect(left).toMatchObject({ exitCode: 1, made: 1 });
  expect(left.out).toMatch(/dr-drill run .*tabletop\.yaml --live/);
});
