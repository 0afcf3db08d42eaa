import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import { filesIn } from '../../src/evidence/bundle.ts';
import { JOURNAL, MANIFEST, type Manifest } from '../../src/evidence/manifest.ts';
import { bundled } from '../evidence/sealed.ts';
import { newFolder, runHere } from './command.ts';
import { measured } from './measured.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

let run: string;
let usual: Awaited<ReturnType<typeof measured>>;
const bundle = join(newFolder(), 'run.zip');

beforeAll(async () => {
  run = (await runHere(['drills/snapshot-restore.yaml', '--quiet'])).folder;
  usual = await measured(['bundle', run, '-o', bundle]);
  expect(usual.exitCode).toBe(0);
});

/** As every version has packed runs whose files are no longer than a part. */
const packedAtOnce = (files: Record<string, Uint8Array>): Buffer =>
  Buffer.from(
    zipSync(
      Object.fromEntries(
        Object.entries(files).map(([name, bytes]) => [name, [bytes, { mtime: new Date(1980, 0, 1), level: 9, os: 0 }]]),
      ),
    ),
  );

function writeLines(path: string, bytes: number): void {
  const fd = openSync(path, 'w');
  for (let written = 0, line = 0; written < bytes; ) {
    const lines = Array.from({ length: 10_000 }, () => `{"seq":${line++},"type":"probed","of":"the public name"}\n`);
    written += writeSync(fd, lines.join(''));
  }
  closeSync(fd);
}

test('a usual run gives the bytes that it always gave', () => {
  const bytes = readFileSync(bundle);
  expect(packedAtOnce(unzipSync(bytes)).equals(bytes)).toBe(true);
});

test('a run folder of gigabytes is packed in little memory', async () => {
  const large = newFolder();
  for (const [name, bytes] of filesIn([readFileSync(bundle)], bundle)) writeFileSync(join(large, name), bytes);
  const sealed = JSON.parse(readFileSync(join(large, MANIFEST), 'utf8')) as Manifest;
  for (const { file } of [sealed.journal, ...sealed.files.slice(0, 1)]) writeLines(join(large, file), 180 * MIB);
  writeFileSync(join(large, 'recording.mp4'), '');
  truncateSync(join(large, 'recording.mp4'), 3 * GIB);
  const packed = await measured(['bundle', large, '-o', join(large, 'run.zip')]);
  expect([packed.exitCode, packed.said]).toEqual([0, '']);
  expect(packed.mib - usual.mib).toBeLessThan(120);
  const name = `${sealed.run}/${JOURNAL}`;
  const unpacked = unzipSync(readFileSync(join(large, 'run.zip')), { filter: (file) => file.name === name });
  expect(Buffer.compare(unpacked[name] ?? Buffer.alloc(0), readFileSync(join(large, JOURNAL)))).toBe(0);
});

test('the bundle of a run with a large file is read again, also where a former version has packed that file at once', () => {
  const files = new Map(filesIn([readFileSync(bundle)], bundle));
  const lines = Array.from({ length: 500_000 }, (_, line) => `{"seq":${line},"type":"probed"}\n`);
  files.set(JOURNAL, Buffer.from(lines.join('')));
  const { run: name } = JSON.parse(Buffer.from(files.get(MANIFEST) ?? []).toString()) as Manifest;
  const inParts = bundled(files);
  const atOnce = packedAtOnce(Object.fromEntries([...files].map(([file, bytes]) => [`${name}/${file}`, bytes])));
  expect(atOnce.equals(inParts)).toBe(false);
  for (const one of [inParts, atOnce])
    expect(
      Buffer.from(filesIn([one], 'run.zip').get(JOURNAL) ?? []).equals(files.get(JOURNAL) ?? Buffer.alloc(0)),
    ).toBe(true);
});

test('what verify would refuse as too large is not packed', async () => {
  const large = newFolder();
  for (const [name, bytes] of filesIn([readFileSync(bundle)], bundle)) writeFileSync(join(large, name), bytes);
  const manifest = JSON.parse(readFileSync(join(large, MANIFEST), 'utf8')) as Manifest;
  manifest.journal.bytes = 401_000_000;
  writeFileSync(join(large, MANIFEST), JSON.stringify(manifest));
  expect(await measured(['bundle', large, '-o', join(large, 'run.zip')])).toMatchObject({
    exitCode: 2,
    said: expect.stringContaining('unpacks to more than 400 MB: verify reads no such bundle'),
  });
});
