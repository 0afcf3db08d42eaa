import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleOf, filesIn } from '../../src/evidence/bundle.ts';
import { type Files, JOURNAL, MANIFEST, PUBLIC_KEY, SIGNATURE } from '../../src/evidence/manifest.ts';
import { localKey } from '../../src/evidence/signing-key.ts';
import { lineHash } from '../../src/journal/journal.ts';
import { newFolder } from '../cli/command.ts';
import { SNAPSHOT } from '../run/drill.ts';
import { sealed, verified, withFile, withText } from './sealed.ts';

const counts: string[] = [];
let files: Files;
let lines: string[];
let keys: string;

beforeAll(async () => {
  keys = newFolder();
  ({ files } = await sealed(SNAPSHOT, { keys }));
  lines = Buffer.from(files.get(JOURNAL) ?? [])
    .toString()
    .trimEnd()
    .split('\n');
});
afterAll(() => console.info(counts.join('\n')));

/** Tries alterations one by one; each has to be caught, and told as it should be. */
async function allCaught<T>(
  what: string,
  tried: readonly T[],
  tampered: (one: T) => Files,
  told: (one: T) => string,
): Promise<void> {
  const missed: T[] = [];
  for (const one of tried) {
    const { tampering } = await verified(tampered(one));
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
  expect((await verified(filesIn(bundleOf(files), 'bundle'))).tampering).toEqual([]);
});

test('each line of the journal: altered, removed, doubled, moved, added', async () => {
  const altered = (index: number) =>
    withLines((all) => all.with(index, (all[index] ?? '').replace(/"ms":(\d+)/, '"ms":9$1')));
  await allCaught('journal lines altered', indexes(), altered, (index) => `${JOURNAL}:${index + 1} was altered`);
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

test('each figure in each report', async () => {
  for (const report of [...files.keys()].filter((name) => name.startsWith('report.'))) {
    const text = Buffer.from(files.get(report) ?? []).toString();
    const digits = [...text.matchAll(/\d+/g)].map(({ index }) => index);
    const changed = (index: number) =>
      withText(files, report, (all) => `${all.slice(0, index)}${(Number(all[index]) + 1) % 10}${all.slice(index + 1)}`);
    // Every figure is tried against its hash; the first ones, which also make the report again, stand for the rest.
    await allCaught(
      `figures of ${report}`,
      digits.filter((_, at) => at % 40 === 0),
      changed,
      () => `${report}: was altered`,
    );
  }
});

test('the PDF, wherever it is changed', async () => {
  const { files: withPdf } = await sealed(SNAPSHOT, { keys, formats: ['pdf'] });
  const { length } = withPdf.get('report.pdf') ?? [];
  const places = Array.from({ length: 8 }, (_, at) => Math.floor(((at + 0.5) * length) / 8));
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
  const bundle = bundleOf(files);
  const step = Math.max(1, Math.floor(bundle.length / 150));
  const places = Array.from({ length: Math.ceil(bundle.length / step) }, (_, at) => at * step);
  const survived: number[] = [];
  for (const at of places) {
    const tampered = Buffer.from(bundle);
    tampered[at] = (tampered[at] ?? 0) ^ 0x20;
    try {
      if ((await verified(filesIn(tampered, 'bundle'))).tampering.length === 0) survived.push(at);
    } catch {
      // Refused.
    }
  }
  counts.push(`bytes of the bundle: ${places.length} tried, ${places.length - survived.length} caught`);
  expect(survived).toEqual([]);
}, 60_000);

test('a bundle that was cut, doubled, or mixed from two runs is refused', async () => {
  const bundle = Buffer.from(bundleOf(files));
  const { files: others } = await sealed(SNAPSHOT, { keys, run: 'another' });
  const mixed = new Map([...files, [SIGNATURE, others.get(SIGNATURE) ?? new Uint8Array()]]);
  expect(() => filesIn(bundle.subarray(0, -100), 'cut.zip')).toThrow('cut.zip is not as it was packed');
  expect(() => filesIn(Buffer.concat([bundle, bundle]), 'doubled.zip')).toThrow('doubled.zip is not as it was packed');
  expect((await verified(filesIn(bundleOf(mixed), 'mixed.zip'))).tampering).toMatchObject([{ file: MANIFEST }]);
});

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

test('made again by another version, a report’s figures must still follow from the journal', async () => {
  expect((await verified(files, undefined, 'dr-drill 99')).tampering).toEqual([]);
});

test('whoever holds the key cannot seal a figure that the journal does not yield', async () => {
  const better = (text: string) => text.replace(/"ms": \d+/, '"ms": 1');
  const { files: lied } = await sealed(SNAPSHOT, { keys, before: (all) => withText(all, 'report.json', better) });
  const { tampering } = await verified(lied);
  expect(tampering).toMatchObject([
    { file: 'report.json', what: expect.stringMatching(/does not follow from the journal: .*\.ms is 1,/) },
  ]);
  expect((await verified(lied, undefined, 'dr-drill 99')).tampering).toHaveLength(1);
});
