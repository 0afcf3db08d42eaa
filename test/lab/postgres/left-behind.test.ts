import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { remove, restoreSnapshot, takeSnapshot } from './index.ts';
import { elsewhere, restored, startShop } from './shop-pair.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
// In the checkout, where its packages are found.
const program = join(root, `node_modules/.cache/lab-that-dies-${process.pid}.mjs`);

beforeAll(async () => {
  const contents = `
    import { startPair } from './test/lab/postgres/index.ts';
    const pair = await startPair(JSON.parse(process.argv[2]));
    await pair.writer.kill();
    await pair.writer.start();
    await pair.replica.pauseReceiver();
    console.log(pair.lab.folder.path);
  `;
  await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
});
afterAll(() => rmSync(program, { force: true }));

const options = { ...elsewhere, database: 'shop', user: 'dr_drill', password: 'secret' };

/** Another process with a lab in it: a paused receiver, and a writer that was killed and came back. */
async function labOfAnother(): Promise<{ lab: ChildProcess; folder: string; makers: string[] }> {
  const lab = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([once(lab.stdout, 'data'), once(lab, 'exit')]);
  const folder = String(line).trim();
  expect(processesIn(folder).length).toBeGreaterThan(8);
  return { lab, folder, makers: makersIn(folder) };
}

test('a closed lab leaves no process, no folder and no shared memory', async () => {
  const pair = await startShop(elsewhere);
  const folder = pair.lab.folder.path;
  const snapshot = await takeSnapshot(pair.writer);
  const gone = await restoreSnapshot(snapshot, restored);
  const removed = [gone.folder, makersIn(folder)] as const;
  await gone.kill();
  await remove(gone);
  expect(existsSync(removed[0])).toBe(false);
  await restoreSnapshot(snapshot, restored);
  const makers = [...removed[1], ...makersIn(folder)];
  expect(segmentsOf(makers).length).toBeGreaterThan(2);

  await pair.close();

  expect(trace(folder, makers)).toEqual([]);
});

test('a lab that is killed is cleaned up behind it', async () => {
  const { lab, folder, makers } = await labOfAnother();

  lab.kill('SIGKILL');

  await expect.poll(() => trace(folder, makers), { timeout: 10_000 }).toEqual([]);
});

test('a lab that is killed together with its guard is cleaned up by the next one', async () => {
  const { lab, folder, makers } = await labOfAnother();
  for (const guard of childrenOf(lab.pid).filter((pid) => commandOf(pid).includes('sh')))
    process.kill(guard, 'SIGKILL');
  lab.kill('SIGKILL');
  await once(lab, 'exit');
  expect(trace(folder, makers)).not.toEqual([]);

  const next = await startShop(elsewhere);

  expect(trace(folder, makers)).toEqual([]);
  await next.close();
});

test('a living lab is left alone by the next one', async () => {
  const { lab, folder } = await labOfAnother();
  const before = processesIn(folder);

  await (await startShop()).close();

  expect(processesIn(folder)).toEqual(expect.arrayContaining(before));
  lab.kill('SIGKILL');
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
});

/** What is still there of a lab. */
const trace = (folder: string, makers: string[]): unknown[] => [
  ...(existsSync(folder) ? [folder] : []),
  ...processesIn(folder),
  ...segmentsOf(makers),
];

const processes = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

/** By their working directory; those that ended but whom nobody has buried have none. */
const processesIn = (folder: string): number[] =>
  processes().filter((pid) => attempt(() => readlinkSync(`/proc/${pid}/cwd`)).startsWith(`${folder}/`));

const commandOf = (pid: number): string => attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8'));

const childrenOf = (parent: number | undefined): number[] =>
  processes().filter((pid) => attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).includes(`) S ${parent} `));

/** The servers' process ids, by which their shared memory is known. */
const makersIn = (folder: string): string[] =>
  readdirSync(folder)
    .map((name) => attempt(() => readFileSync(join(folder, name, 'data/postmaster.pid'), 'utf8')).split('\n')[0] ?? '')
    .filter((pid) => pid !== '');

const segmentsOf = (makers: string[]): string[] =>
  readFileSync('/proc/sysvipc/shm', 'utf8')
    .split('\n')
    .filter((line) => makers.includes(line.trim().split(/\s+/)[4] ?? ''));

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
