import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { drDrill, newFolder } from './cli/command.ts';

/** The block of CONTRIBUTING.md that is called so. */
function block(name: string): string {
  const [, text] =
    new RegExp(`^\`\`\`\\w+ ${name}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(readFileSync('CONTRIBUTING.md', 'utf8')) ?? [];
  return text ?? expect.fail(`CONTRIBUTING.md has no block ${name}`);
}

/** A user's own package beside dr-drill, with the step and the drill of the guide. */
function ownPackage(): string {
  const folder = newFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules/dr-drill'));
  cpSync('drills/topologies', join(folder, 'topologies'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'freshness.ts'), block('freshness.ts'));
  const { outputText } = ts.transpileModule(block('freshness.ts'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  writeFileSync(join(folder, 'freshness.js'), outputText);
  writeFileSync(join(folder, 'freshness.yaml'), block('freshness.yaml'));
  return folder;
}

test('the step and the drill of the contributing guide work as they stand there: two files and nothing else', async () => {
  const folder = ownPackage();
  const drill = join(folder, 'freshness.yaml');
  const plan = await drDrill(['plan', drill, '--load-steps']);
  expect(plan.out).toContain('See how old the newest write on ecommerce-db-dr-replica is');
  const run = await drDrill(['run', drill, '--json', '--runs', join(folder, 'runs')]);
  expect([run.exitCode, run.err]).toEqual([0, expect.stringMatching(/^Runs the code of \S+freshness\.js.*\n$/)]);
  expect(run.out).toContain('"check": "freshness"');
  const stale = await drDrill([
    'run',
    drill,
    '-q',
    '--runs',
    join(folder, 'runs'),
    '--set',
    'phases.1.steps.0.with.atMost=0 s',
  ]);
  expect(stale.exitCode).toBe(1);
});

test('a module that cannot be loaded, or is no step, is reported at its line', async () => {
  const folder = ownPackage();
  const drill = join(folder, 'freshness.yaml');
  for (const [code, message] of [
    ['export const nothing = 1;', 'exports no step that defineStep made'],
    ['throw new Error("broken");', 'cannot be loaded: broken'],
    [
      readFileSync(join(folder, 'freshness.js'), 'utf8').replace("'shop.freshness'", "'rds.promote-replica'"),
      "there is a kind of step 'rds.promote-replica' already",
    ],
  ] as const) {
    writeFileSync(join(folder, 'freshness.js'), code);
    const { exitCode, err } = await drDrill(['validate', drill, '--load-steps']);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain('freshness.yaml:5:');
  }
});

test('its types are those of the package', () => {
  const folder = ownPackage();
  writeFileSync(join(folder, 'wrong.ts'), block('freshness.ts').replace('checked: true', 'checked: 1'));
  const settings = {
    extends: resolve('tsconfig.json'),
    compilerOptions: {
      paths: { 'dr-drill': [resolve('src/public/step.ts')] },
      typeRoots: [resolve('node_modules/@types')],
    },
    files: ['freshness.ts', 'wrong.ts'],
    include: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  const { stdout } = spawnSync('node_modules/.bin/tsc', ['--project', folder, '--noEmit'], { encoding: 'utf8' });
  expect(stdout.match(/[^/\s]+\.ts\(.*?\): error TS\d+/g)).toEqual([
    expect.stringMatching(/^wrong\.ts\(\d+,\d+\): error TS2322$/),
  ]);
});
