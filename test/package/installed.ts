import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export interface Said {
  exitCode: number | null;
  out: string;
  err: string;
}

/** A project that has nothing but a name. */
export function emptyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dr-drill-package-'));
  folders.push(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "private": true }');
  return folder;
}

/** Runs a program there, with keys of its own and without what the test's npm tells its children. */
export function ran(words: string[], folder: string, user?: number): Said {
  const [program = '', ...rest] = words;
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_OPTIONS)/i.test(name));
  const env = { ...Object.fromEntries(inherited), DR_DRILL_KEYS: join(folder, 'keys') };
  const options = { cwd: folder, env, encoding: 'utf8', ...(user !== undefined && { uid: user, gid: user }) } as const;
  const { status, stdout, stderr, error } = spawnSync(program, rest, options);
  if (error) throw error;
  return { exitCode: status, out: stdout, err: stderr };
}

/** The tarball that `npm pack` makes, and the files in it. */
export function packed(): { tarball: string; files: string[] } {
  const folder = emptyProject();
  const said = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { encoding: 'utf8' });
  const [{ filename, files }] = JSON.parse(said.slice(said.search(/^\[/m)));
  return { tarball: join(folder, filename), files: files.map(({ path }: { path: string }) => path) };
}

/** Programs from the npm registry that tests install with, or run on, by the name of their file. */
export function peer(name: string, program: string): string {
  const folder = resolve('node_modules/.cache/peers', name.replaceAll('/', '-'));
  const place = join(folder, 'node_modules', name.replace(/(.)@.*$/, '$1'), program);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  execFileSync(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', name],
    {
      cwd: folder,
      stdio: 'ignore',
    },
  );
  return place;
}

/** The report of the only run in a folder. */
export function onlyReport(folder: string): { outcome: string; folder: string } {
  const runs = join(folder, 'runs');
  const [name = ''] = readdirSync(runs).filter((one) => one !== 'index.jsonl');
  const report = JSON.parse(readFileSync(join(runs, name, 'report.json'), 'utf8'));
  return { ...report, folder: join(runs, name) };
}
