import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesIn } from '../../src/evidence/bundle.ts';
import {
  type Files,
  JOURNAL,
  MANIFEST,
  type Manifest,
  PUBLIC_KEY,
  SIGNATURE,
  toBytes,
} from '../../src/evidence/manifest.ts';
import { sealOf } from '../../src/evidence/seal.ts';
import { localKey } from '../../src/evidence/signing-key.ts';
import type { Entry } from '../../src/journal/events.ts';
import { lineHash } from '../../src/journal/journal.ts';
import { newFolder } from '../cli/command.ts';
import { POINT_IN_TIME, SNAPSHOT } from '../run/drill.ts';
import { bundled, reportsOnce, sealed, textOf, verified, withFile, withText } from './sealed.ts';

/** All of them with TAMPERING=all; otherwise what takes long is tried at every so manieth place. */
const isAll = process.env.TAMPERING === 'all';
const oneIn = <T>(count: number, all: readonly T[]): T[] => all.filter((_, at) => isAll || at % count === 0);

const counts: string[] = [];
let files: Files;
let entries: Entry[];
let lines: string[];
let keys: string;

beforeAll(async () => {
  keys = newFolder();
  ({ files, entries } = await sealed(SNAPSHOT, { keys }));
  lines = Buffer.from(files.get(JOURNAL) ?? [])
    .toString()
    .trimEnd()
    .split('\n');
});
afterAll(() => console.info(counts.join('\n')));

const remade = reportsOnce();

/** Tries alterations one by one; each has to be caught, and told as it should be. */
async function allCaught<T>(
  what: string,
  tried: readonly T[],
  tampered: (one: T) => Files | Promise<Files>,
  told: (one: T) => string,
): Promise<void> {
  const missed: T[] = [];
  for (const one of tried) {
    const { tampering } = await verified(await tampered(one), undefined, undefined, remade);
    if (!tampering.some(({ file, line, what }) => `${file}:${line ?? ''} ${what}`.includes(told(one))))
      missed.push(one);
  }
  counts.push(`${what}: ${tried.length} tried, ${tried.length - missed.length} caught`);
  expect(tried.length).toBeGreaterThan(0);
  expect(missed).toEqual([]);
}

const withLines = (change: (all: string[]) => string[]): Files =>
  withText(files, JOURNAL, () => `${change([...lines]).join('\n')}\n`);

const indexes = () => lines.map((_, index) => index);

test('what nobody touched is as it was sealed', async () => {
  expect((await verified(files)).tampering).toEqual([]);
  expect((await verified(filesIn([bundled(files)], 'bundle'))).tampering).toEqual([]);
});

test('each line of the journal: altered, removed, doubled, moved, added', async () => {
  const touched = (index: number) =>
    withLines((all) => all.with(index, (all[index] ?? '').replace(/"ms":(\d+)/, '"ms":9$1')));
  await allCaught('journal lines altered', indexes(), touched, (index) => `${JOURNAL}:${index + 1} was altered`);
  const removed = (index: number) => withLines((all) => all.toSpliced(index, 1));
  await allCaught('journal lines removed', indexes(), removed, (index) => `${JOURNAL}:${index + 1} was removed`);
  const doubled = (index: number) => withLines((all) => all.toSpliced(index, 0, all[index] ?? ''));
  await allCaught('journal lines doubled', indexes(), doubled, (index) => `${JOURNAL}:${index + 2} was added`);
  const moved = (index: number) => withLines((all) => [...all.slice(0, index), ...all.slice(index).reverse()]);
  await allCaught('journal lines moved', indexes().slice(0, -1), moved, (index) => `${JOURNAL}:${index + 1} was moved`);
  const cut = (index: number) => withLines((all) => all.slice(0, index));
  await allCaught('journals cut', indexes().slice(1), cut, (index) => `${JOURNAL}:${index + 1} was removed`);
});

test('a line that was forged with its own number and link, and all after it chained anew', async () => {
  const forged = (index: number) =>
    withLines((all) => {
      const next = all.slice(index).map((line) => JSON.parse(line) as { prev: string; ms: number });
      next.forEach((entry, at) => {
        if (at === 0) entry.ms += 1;
        else entry.prev = lineHash(JSON.stringify(next[at - 1]));
      });
      return [...all.slice(0, index), ...next.map((entry) => JSON.stringify(entry))];
    });
  await allCaught('journals forged from a line on', indexes(), forged, () => `${JOURNAL}:${lines.length} was altered`);
});

test('each field of the manifest, and its signature', async () => {
  const manifest = Buffer.from(files.get(MANIFEST) ?? []).toString();
  const places = [...manifest.matchAll(/: ("[^"]*"|\d+)/g)].map(({ index, 1: value = '' }) => ({
    index: index + 2,
    value,
  }));
  const changed = ({ index, value }: { index: number; value: string }) => {
    const other = value.startsWith('"')
      ? value.replace(/.(?="$)|^"(?="$)/, (last) => (last === '0' ? '1' : '0'))
      : `${Number(value) + 1}`;
    return withText(files, MANIFEST, (text) => text.slice(0, index) + other + text.slice(index + value.length));
  };
  await allCaught('fields of the manifest', places, changed, () => MANIFEST);
  const bytes = [...(files.get(SIGNATURE) ?? []).keys()];
  const flipped = (at: number) => withFile(files, SIGNATURE, (all) => all.with(at, (all[at] ?? 0) ^ 1));
  await allCaught('bytes of the signature', bytes, flipped, () => MANIFEST);
});

const figuresIn = (report: string): number[] =>
  [
    ...Buffer.from(files.get(report) ?? [])
      .toString()
      .matchAll(/\d+/g),
  ].map(({ index }) => index);

const altered = (index: number) => (text: string) =>
  `${text.slice(0, index)}${(Number(text[index]) + 1) % 10}${text.slice(index + 1)}`;

test('each figure in each report', async () => {
  for (const report of [...files.keys()].filter((name) => name.startsWith('report.'))) {
    const changed = (index: number) => withText(files, report, altered(index));
    await allCaught(`figures of ${report}`, figuresIn(report), changed, () => `${report}: was altered`);
  }
}, 3_600_000);

test('each figure in each report, even where anyone who holds the key sealed it', async () => {
  const reports = new Map([...files].filter(([name]) => name.startsWith('report.')));
  const journal = Buffer.from(files.get(JOURNAL) ?? []);
  for (const report of reports.keys()) {
    const lied = async (index: number) => {
      const lies = withText(reports, report, altered(index));
      const seal = await sealOf('2026-11-23T09-30-00Z-a-lie', { entries, journal, reports: lies }, localKey(keys));
      return new Map([[JOURNAL, journal], ...lies, ...seal]);
    };
    const figures = oneIn(25, figuresIn(report));
    await allCaught(`figures of ${report}, sealed`, figures, lied, () => `${report}: does not follow from the journal`);
  }
}, 3_600_000);

test('the PDF, wherever it is changed', async () => {
  const { files: withPdf } = await sealed(SNAPSHOT, { keys, formats: ['pdf'] });
  const { length } = withPdf.get('report.pdf') ?? [];
  const places = oneIn(Math.ceil(length / 200), [...Array(length).keys()]);
  const flipped = (at: number) => withFile(withPdf, 'report.pdf', (all) => all.with(at, (all[at] ?? 0) ^ 1));
  await allCaught('bytes of report.pdf', places, flipped, () => 'report.pdf: was altered');
});

test('each file that is missing', async () => {
  await allCaught(
    'files missing',
    [...files.keys()],
    (name) => withFile(files, name, () => undefined),
    (name) => name,
  );
});

test('every byte of the bundle', async () => {
  const bundle = bundled(files);
  const flipped = (at: number) => Buffer.from(bundle.with(at, (bundle[at] ?? 0) ^ 0x20));
  await allRefused('bytes of the bundle', oneIn(Math.ceil(bundle.length / 300), [...bundle.keys()]), flipped);
}, 3_600_000);

test('a bundle that was cut, wherever, or doubled', async () => {
  const bundle = bundled(files);
  const lengths = oneIn(Math.ceil(bundle.length / 100), [...bundle.keys()]);
  await allRefused('bundles cut', lengths, (length) => bundle.subarray(0, length));
  await allRefused('bundles doubled', [bundle], () => Buffer.concat([bundle, bundle]));
}, 3_600_000);

test('a bundle that was mixed from two runs: any file of the other one, or both runs', async () => {
  const { files: others } = await sealed(POINT_IN_TIME, { keys });
  const mixed = (name: string) => bundled(withFile(files, name, () => others.get(name)));
  const names = [...files.keys()].filter((name) => name !== PUBLIC_KEY);
  await allRefused('files of another run', names, mixed);
  const [one, other] = [files, others].map((all) => unzipSync(bundled(all)));
  await allRefused('bundles of two runs', [1], () => zipSync({ ...one, ...other }));
});

/** Tries bundles one by one; each has to be refused, or told to be altered. */
async function allRefused<T>(what: string, tried: readonly T[], tampered: (one: T) => Uint8Array): Promise<void> {
  const survived: T[] = [];
  for (const one of tried) {
    try {
      const found = await verified(filesIn([tampered(one)], 'evidence.zip'), undefined, undefined, remade);
      if (found.tampering.length === 0) survived.push(one);
    } catch (error) {
      expect((error as Error).message).toMatch(/^evidence\.zip is not as it was packed: |manifest/);
    }
  }
  counts.push(`${what}: ${tried.length} tried, ${tried.length - survived.length} caught`);
  expect(tried.length).toBeGreaterThan(0);
  expect(survived).toEqual([]);
}

test('a run that somebody else sealed again is not what its owner sealed', async () => {
  const stranger = await sealed(SNAPSHOT, { keys: newFolder() });
  const owner = localKey(keys).fingerprint;
  expect((await verified(stranger.files)).tampering).toEqual([]);
  expect((await verified(stranger.files, [owner])).tampering).toMatchObject([
    { file: PUBLIC_KEY, what: expect.stringContaining('trusted') },
  ]);
  const swapped = withFile(files, PUBLIC_KEY, () => Buffer.from(stranger.key.publicKey));
  expect((await verified(swapped)).tampering.map(({ file }) => file)).toEqual([PUBLIC_KEY, MANIFEST]);
});

test('reports of a run that another version made are not vouched for', async () => {
  const { tampering, notVouchedFor } = await verified(files, undefined, 'dr-drill 99');
  expect([tampering, notVouchedFor]).toEqual([
    [],
    expect.stringMatching(/made with dr-drill .+, and this is dr-drill 99/),
  ]);
  expect((await verified(files)).notVouchedFor).toBeUndefined();
});

/** The journal with these lines, chained again and sealed by the person who holds the key. */
async function sealedWith(change: (all: Entry[]) => object[]): Promise<Files> {
  let prev = '0'.repeat(64);
  const forged = change(structuredClone(entries)).map((entry, index) => {
    const line = { ...entry, seq: index + 1, prev } as Entry;
    prev = lineHash(JSON.stringify(line));
    return line;
  });
  const { reportsOf } = await import('../../src/cli/write-reports.ts');
  const reports = (await reportsOf(forged, { journalHash: prev })).files;
  const journal = Buffer.from(textOf(forged));
  const seal = await sealOf('2026-11-23T09-30-00Z-a-lie', { entries: forged, journal, reports }, localKey(keys));
  return new Map([[JOURNAL, journal], ...reports, ...seal]);
}

test('a journal that goes on behind its end, or back in time, is told, even where anyone who holds the key sealed it', async () => {
  const added = await sealedWith((all) => [...all, { ...all.at(-2), ms: all.at(-1)?.ms }]);
  expect((await verified(added)).tampering).toMatchObject([
    { file: JOURNAL, line: lines.length + 1, what: 'stands behind the end of the run' },
  ]);
  const back = await sealedWith((all) => all.with(20, { ...all[20], ms: (all[19]?.ms ?? 0) - 1 } as Entry));
  expect((await verified(back)).tampering).toMatchObject([
    { file: JOURNAL, line: 21, what: 'is earlier than the line above it' },
  ]);
});

test('a sealed file that no run has, and a file that looks like a report and is not sealed', async () => {
  const note = Buffer.from('RTO: 1 s\n');
  const { files: more } = await sealed(SNAPSHOT, { keys, before: (all) => new Map([...all, ['summary.md', note]]) });
  expect((await verified(more)).tampering).toMatchObject([
    { file: 'summary.md', what: expect.stringContaining('is no file that a run has') },
  ]);
  for (const name of ['report-final.html', 'Report.pdf', 'summary.docx', 'figures.csv'])
    expect((await verified(new Map([...files, [name, note]]))).tampering).toMatchObject([
      { file: name, what: expect.stringContaining('is not sealed') },
    ]);
  const { files: few } = await sealed(SNAPSHOT, { keys, formats: ['json'] });
  expect((await verified(new Map([...few, ['report.md', note]]))).tampering).toMatchObject([
    { file: 'report.md', what: expect.stringContaining('is not sealed, and does not follow from the journal') },
  ]);
  const honest = new Map([...few, ['report.md', files.get('report.md') ?? note]]);
  expect((await verified(honest)).tampering).toEqual([]);
});

test('names and sizes in the manifest that are not those of the run, even where anyone who holds the key signed them', async () => {
  const manifest = JSON.parse(Buffer.from(files.get(MANIFEST) ?? []).toString()) as Manifest;
  const key = localKey(keys);
  const wrong: [(one: Manifest) => Manifest, string][] = [
    [(one) => ({ ...one, drill: { ...one.drill, name: 'another' } }), 'drill.name'],
    [(one) => ({ ...one, topology: { ...one.topology, name: 'another' } }), 'topology.name'],
    [(one) => ({ ...one, journal: { ...one.journal, bytes: 1 } }), 'journal.jsonl has 1 bytes'],
    [(one) => ({ ...one, journal: { ...one.journal, file: 'other.jsonl' } }), 'other.jsonl'],
    [(one) => ({ ...one, files: one.files.map((file) => ({ ...file, bytes: file.bytes + 1 })) }), 'bytes'],
    [(one) => ({ ...one, files: [...one.files, ...one.files.slice(0, 1)] }), 'more than once'],
  ];
  for (const [change, told] of wrong) {
    const bytes = toBytes(change(manifest));
    const signature = await key.sign(bytes);
    const found = await verified(new Map([...files, [MANIFEST, bytes], [SIGNATURE, signature]]));
    expect(found.tampering.map(({ file, what }) => `${file} ${what}`).join('\n')).toContain(told);
  }
});

test('each character of the public key', async () => {
  const pem = Buffer.from(files.get(PUBLIC_KEY) ?? []).toString();
  const places = [...pem].flatMap((_, at) => ['A', 'B', '1', '=', '\n', ' '].map((character) => ({ at, character })));
  const changed = ({ at, character }: (typeof places)[number]) =>
    withText(files, PUBLIC_KEY, (text) => text.slice(0, at) + character + text.slice(at + 1));
  const tried = places.filter(({ at, character }) => pem[at] !== character);
  await allCaught('characters of the public key', tried, changed, () => PUBLIC_KEY);
  const inserted = (at: number) => withText(files, PUBLIC_KEY, (text) => `${text.slice(0, at)}\n${text.slice(at)}`);
  await allCaught(
    'line breaks in the public key',
    [...pem].map((_, at) => at),
    inserted,
    () => PUBLIC_KEY,
  );
});

test('anyone who holds the key cannot seal a figure that the journal does not yield', async () => {
  const better = (text: string) => text.replace(/"ms": \d+/, '"ms": 1');
  const { files: lied } = await sealed(SNAPSHOT, { keys, before: (all) => withText(all, 'report.json', better) });
  const { tampering } = await verified(lied);
  expect(tampering).toMatchObject([
    { file: 'report.json', what: expect.stringMatching(/does not follow from the journal: .*\.ms is 1,/) },
  ]);
});
