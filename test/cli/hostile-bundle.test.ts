import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { strToU8, Zip, ZipDeflate, zipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import { drDrill, newFolder, runHere } from './command.ts';
import { measured } from './measured.ts';

const MIB = 1024 * 1024;
const folder = newFolder();

/** Verifies a bundle in a process of its own. */
function verified(name: string, bytes?: Uint8Array) {
  const path = join(folder, name);
  if (bytes) writeFileSync(path, bytes);
  return measured(['verify', path]);
}

let usual: Awaited<ReturnType<typeof verified>>;
beforeAll(async () => {
  const { folder: run } = await runHere(['drills/snapshot-restore.yaml', '--quiet']);
  expect(await drDrill(['bundle', run, '-o', join(folder, 'run.zip')])).toMatchObject({ exitCode: 0 });
  usual = await verified('run.zip');
  expect(usual.exitCode).toBe(0);
});

const RUN = '2026-11-23T09-30-00Z-snapshot-restore';
const zeros = deflateRawSync(Buffer.alloc(300 * MIB));

/** An archive of deflated files that says of each how large it is. */
function saying(files: Record<string, { packed: Uint8Array; size: number }>): Buffer {
  const stored = Object.entries(files).map(([name, { packed }]) => [`${RUN}/${name}`, [packed, { level: 0 }]]);
  const zip = Buffer.from(zipSync(Object.fromEntries(stored)));
  // Deflated, with that size, in the head of each file and in the directory.
  for (const [signature, method, size, nameAt] of [
    [0x04034b50, 8, 22, 30],
    [0x02014b50, 10, 24, 46],
  ] as const)
    for (const [name, file] of Object.entries(files)) {
      const at =
        zip.indexOf(`${RUN}/${name}`, signature === 0x04034b50 ? 0 : zip.lastIndexOf(`${RUN}/${name}`)) - nameAt;
      expect(zip.readUInt32LE(at)).toBe(signature);
      zip.writeUInt16LE(8, at + method);
      zip.writeUInt32LE(file.size, at + size);
    }
  return zip;
}

function withDescriptors(): Uint8Array {
  const parts: Uint8Array[] = [];
  const zip = new Zip((_, part) => parts.push(part));
  const file = new ZipDeflate(`${RUN}/journal.jsonl`);
  zip.add(file);
  file.push(new Uint8Array(MIB), true);
  zip.end();
  return Buffer.concat(parts);
}

/** An archive of two files, the second by another name of the same length. */
const named = (other: string): Buffer => {
  const zip = zipSync({ [`${RUN}/aaaa`]: strToU8('1'), [`${RUN}/bbbb`]: strToU8('2') });
  return Buffer.from(Buffer.from(zip).toString('latin1').replaceAll(`${RUN}/bbbb`, other), 'latin1');
};

/** Its directory leads to one file twice. */
function overlapping(): Buffer {
  const zip = named(`${RUN}/bbbb`);
  zip.writeUInt32LE(0, zip.lastIndexOf(`${RUN}/bbbb`) - 46 + 42);
  return zip;
}

const hostile: [what: string, make: () => Uint8Array, said: RegExp][] = [
  ['holds more than it says', () => saying({ 'journal.jsonl': { packed: zeros, size: 10 } }), /larger than it says/],
  [
    'holds less than it says',
    () => saying({ 'journal.jsonl': { packed: deflateRawSync(Buffer.alloc(10)), size: 900_000 } }),
    /smaller than it says/,
  ],
  [
    'says that a few bytes are 390 MB',
    () => saying({ 'journal.jsonl': { packed: deflateRawSync(Buffer.alloc(10)), size: 390 * 1e6 } }),
    /cannot be as large/,
  ],
  [
    'unpacks to a thousand times its size',
    () => saying({ 'journal.jsonl': { packed: zeros, size: 300 * MIB } }),
    /cannot be as large/,
  ],
  ['does not say how large its files are', withDescriptors, /does not say how large/],
  ['holds a file twice', () => named(`${RUN}/aaaa`), /twice/],
  ['leads out of its folder', () => named(`../${'x'.repeat(RUN.length)}bb`), /no file of a run/],
  ['holds two runs', () => named(`${RUN.replace('2026', '2027')}/bbbb`), /more than one run/],
  ['leads to one file twice', overlapping, /not the bundle of one sealed run/],
  [
    'is cut off',
    () => saying({ 'journal.jsonl': { packed: deflateRawSync(Buffer.alloc(999)), size: 999 } }).subarray(0, 80),
    /cut off/,
  ],
];

test.each(hostile)('a bundle that %s is refused in less than a second and 100 MB', async (what, make, told) => {
  const { exitCode, said, mib, ms } = await verified(`${what}.zip`, make());
  expect([exitCode, said]).toEqual([2, expect.stringMatching(told)]);
  // Beside what the same command takes for a bundle that is as it was packed.
  expect(ms - usual.ms).toBeLessThan(1_000);
  expect(mib - usual.mib).toBeLessThan(100);
});
