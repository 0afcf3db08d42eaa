import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { here, newFolder, runDrill, runHere } from './command.ts';

const SNAPSHOT = 'drills/snapshot-restore.yaml';

/** At how many sizes a disk is full, for each kind of file; the whole of it with SIZES=200. */
const SIZES = Number(process.env.SIZES ?? 5);

const real = { openSync: fs.openSync, writeSync: fs.writeSync, writeFileSync: fs.writeFileSync };
afterEach(() => {
  Object.assign(fs, real);
  syncBuiltinESMExports();
});

/** From here on files of these names hold so many bytes together, until the end of the test. Gives how many were asked for. */
function diskFull(names: RegExp, room: number): () => number {
  const paths = new Map<number, string>();
  let [left, asked] = [room, 0];
  const isMeant = (path: unknown) => names.test(basename(String(path)));
  const take = (bytes: Uint8Array): Uint8Array => {
    asked += bytes.length;
    const fits = bytes.subarray(0, left);
    left -= fits.length;
    return fits;
  };
  const full = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  Object.assign(fs, {
    openSync(path: string, flags: string) {
      const fd = real.openSync(path, flags);
      paths.set(fd, path);
      return fd;
    },
    writeSync(fd: number, data: string | Uint8Array, ...more: number[]) {
      if (!isMeant(paths.get(fd))) return real.writeSync(fd, data as Uint8Array, ...(more as [number]));
      const whole = Buffer.from(data as string);
      const bytes = take(whole.subarray(more[0] ?? 0));
      if (bytes.length === 0) throw full();
      return real.writeSync(fd, bytes);
    },
    writeFileSync(path: string | number, data: string | Uint8Array, ...more: []) {
      if (!isMeant(typeof path === 'number' ? paths.get(path) : path)) return real.writeFileSync(path, data, ...more);
      const whole = Buffer.from(data as string);
      const bytes = take(whole);
      real.writeFileSync(path, bytes, ...more);
      if (bytes.length < whole.length) throw full();
    },
  });
  syncBuiltinESMExports();
  return () => asked;
}

/** How much a run writes into such files, and sizes from nothing to nearly all of it. */
async function sizesOf(names: RegExp, args: string[]): Promise<number[]> {
  const asked = diskFull(names, Number.POSITIVE_INFINITY);
  await runHere([SNAPSHOT, '--quiet', ...args]);
  Object.assign(fs, real);
  syncBuiltinESMExports();
  expect(asked()).toBeGreaterThan(0);
  return Array.from({ length: SIZES }, (_, index) => Math.floor((asked() * index) / SIZES));
}

const log = () => ['--log-file', join(newFolder(), 'run.log')];

describe.each([
  ['the log', /^run\.log$/, 'Cannot write the log'],
  ['the index', /^index\.jsonl$/, 'dr-drill history'],
  ['the reports', /^report\./, 'dr-drill report'],
  ['the seal', /^(manifest|signer)\./, 'dr-drill seal'],
])('a disk that is full for %s', (_, names, told) => {
  test(
    `leaves the verdict and its exit code as they are, at each of ${SIZES} sizes, and tells what makes it again`,
    async () => {
      for (const room of await sizesOf(names, log())) {
        diskFull(names, room);
        const { exitCode, out, err, folder, runs } = await runHere([SNAPSHOT, '--quiet', ...log()]);
        Object.assign(fs, real);
        syncBuiltinESMExports();
        expect([room, exitCode, out]).toEqual([room, 0, expect.stringMatching(/^SIMULATED: Passed in rehearsal/)]);
        expect([room, err]).toEqual([room, expect.stringContaining(told)]);
        expect(fs.readdirSync(folder).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
        if (fs.existsSync(join(folder, 'manifest.json'))) continue;
        expect(await here(['report', folder])).toMatchObject({ exitCode: 0 });
        expect(await here(['seal', folder])).toMatchObject({ exitCode: 0 });
        expect(await here(['verify', folder])).toMatchObject({ exitCode: 0 });
        expect(await here(['history', '--runs', runs])).toMatchObject({ exitCode: 0, err: '' });
      }
    },
    SIZES * 30_000,
  );
});

test(
  `a disk that is full for the journal stops the run, at each of ${SIZES} sizes`,
  async () => {
    for (const room of await sizesOf(/^journal\.jsonl$/, [])) {
      diskFull(/^journal\.jsonl$/, room);
      const { exitCode, err, folder } = await runHere([SNAPSHOT, '--quiet']);
      Object.assign(fs, real);
      syncBuiltinESMExports();
      expect([room, exitCode, err]).toEqual([room, 3, expect.stringContaining('cannot be written: ENOSPC')]);
      expect(fs.readdirSync(folder).filter((name) => name !== 'before.json')).toEqual(['journal.jsonl']);
    }
  },
  SIZES * 30_000,
);

const under = (redirection: string) => ({ under: ['sh', '-c', `exec "$@" ${redirection}`, 'sh'] });

test('a screen that cannot be written to is told on stderr, where the verdict stands then', async () => {
  const { exitCode, err, folder } = await runDrill([SNAPSHOT], under('> /dev/full'));
  expect([exitCode, err]).toEqual([
    0,
    expect.stringMatching(/stdout cannot be written \(ENOSPC\).*Passed in rehearsal/s),
  ]);
  expect(await here(['verify', folder])).toMatchObject({ exitCode: 0 });
});

test('stderr and a log that cannot be written to change nothing', async () => {
  const loud = [SNAPSHOT, '--log-level', 'debug'];
  expect(await runDrill(loud, under('2> /dev/full'))).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('Passed in rehearsal'),
  });
  expect(await runDrill([SNAPSHOT, '--log-file', '/dev/full'])).toMatchObject({
    exitCode: 0,
    err: expect.stringContaining('Cannot write the log'),
  });
});

test('a reader of either output that has gone changes nothing', async () => {
  for (const redirection of ['| true', '2>&1 >/dev/null | true']) {
    const file = join(newFolder(), 'exit-code');
    const runs = newFolder();
    const shell = `{ "$@" --log-level debug; echo $? > ${file}; } ${redirection}`;
    await runDrill([SNAPSHOT, '--runs', runs], { under: ['sh', '-c', shell, 'sh'] });
    expect(fs.readFileSync(file, 'utf8')).toBe('0\n');
  }
});
