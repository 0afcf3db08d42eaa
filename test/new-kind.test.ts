import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test, vi } from 'vitest';

// It checks the types of the whole project, and bundles it.
vi.setConfig({ testTimeout: 300_000 });

const guide = readFileSync('CONTRIBUTING.md', 'utf8');

/** The blocks of the guide that are files of a kind's two folders. */
const files = [...guide.matchAll(/^```ts (src\/\S+)\n([\s\S]*?)^```/gm)].map(([, path = '', text = '']) => ({
  path,
  text,
}));

/** One import and one entry in an index. */
function add(index: string, line: string, before: string, entry: string): void {
  const text = readFileSync(index, 'utf8');
  expect(text).toContain(before);
  writeFileSync(index, `${line}\n${text.replace(before, `${entry}${before}`)}`);
}

/** This project with the guide's kind in it. */
function projectWithKind(): string {
  const folder = mkdtempSync(resolve('node_modules/.cache/kind-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const part of ['src', 'state-machines', 'drills', 'package.json', 'tsconfig.json'])
    cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const components = join(folder, 'src/components');
  const description = "import { activeRegion } from './active-region/schema.ts';";
  add(join(components, 'schemas.ts'), description, '] as const;\nconst traffic', ', activeRegion');
  const object = "import { activeRegionKind } from './active-region/index.ts';";
  add(join(components, 'index.ts'), object, '  route53,\n};', "  'active-region': activeRegionKind,\n");
  const twin = "import { activeRegion } from './active-region/index.ts';";
  add(join(folder, 'src/simulator/twins.ts'), twin, '];\n\nfunction', '  activeRegion,\n');
  return folder;
}

test('the kind of the contributing guide works as it stands there: two folders, and a line in each of three indexes', async () => {
  expect([...new Set(files.map(({ path }) => dirname(path)))]).toEqual([
    'src/components/active-region',
    'src/simulator/active-region',
  ]);
  const folder = projectWithKind();
  const types = spawnSync(resolve('node_modules/.bin/tsc'), ['--noEmit', '--project', folder], { encoding: 'utf8' });
  expect(types.stdout).toBe('');

  await build({
    entryPoints: [join(folder, 'src/cli/main.ts')],
    outfile: join(folder, 'dist/main.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    // It reads no tsconfig below node_modules.
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  });
  const { answer } = (await import(join(folder, 'dist/main.mjs'))) as typeof import('../src/cli/main.ts');
  const ask = async (...words: string[]) => {
    let said = '';
    const hear = (text: string) => {
      said += text;
    };
    const exitCode = await answer(words, { out: hear, asIs: hear, err: hear, colour: false, interactive: false });
    return { exitCode, said };
  };

  const workers = /^```yaml workers.yaml\ncompute:\n([\s\S]*?)^```/m.exec(guide)?.[1] ?? '';
  const topology = readFileSync('test/platforms/pair.yaml', 'utf8').replace(/^compute:\n/m, `compute:\n${workers}`);
  writeFileSync(join(folder, 'pair.yaml'), topology);
  const drill = join(folder, 'failover.yaml');
  const shipped = readFileSync('drills/multi-region-failover.yaml', 'utf8');
  writeFileSync(drill, shipped.replace(/^topology: .*$/m, 'topology: pair.yaml'));
  expect(await ask('validate', drill)).toMatchObject({ exitCode: 0, said: expect.stringContaining('failover.yaml') });
  const plan = await ask('plan', drill);
  expect(plan.said).toMatch(/point\S*workers\s+Tell workers that \S+ is active/);
  expect(await ask('run', drill, '-q', '--runs', join(folder, 'runs'))).toEqual({
    exitCode: 0,
    said: expect.any(String),
  });
  expect((await ask('iam-policy', drill)).said).toContain('arn:aws:s3:::shop-settings/active-region');
});
