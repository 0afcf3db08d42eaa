import { beforeAll, expect, test } from 'vitest';
import { reportsOf } from '../../src/cli/write-reports.ts';
import { type Files, JOURNAL } from '../../src/evidence/manifest.ts';
import { sealOf } from '../../src/evidence/seal.ts';
import { localKey } from '../../src/evidence/signing-key.ts';
import type { Entry } from '../../src/journal/events.ts';
import { lineHash } from '../../src/journal/journal.ts';
import { newFolder } from '../cli/command.ts';
import { aCall } from '../measure/synthetic-run.ts';
import { finished, SNAPSHOT } from '../run/drill.ts';
import { textOf, verified, withFile, withText } from './sealed.ts';

// Long enough that its files are hashed by a thread of their own.
const CALLS = 10_000;

let files: Files;

beforeAll(async () => {
  const run = (await finished(SNAPSHOT)).entries;
  let hash = '0'.repeat(64);
  const entries = [
    ...run.slice(0, -1),
    ...Array(CALLS).fill({ ...run.at(-1), ...aCall('many', 0) }),
    ...run.slice(-1),
  ].map((entry: Entry, index): Entry => {
    const next = { ...entry, seq: index + 1, prev: hash };
    hash = lineHash(JSON.stringify(next));
    return next;
  });
  const journal = Buffer.from(textOf(entries));
  const reports = (await reportsOf(entries, { journalHash: hash })).files;
  const seal = await sealOf('long', { entries, journal, reports }, localKey(newFolder()));
  files = new Map([[JOURNAL, journal], ...reports, ...seal]);
});

const found = async (tampered: Files) => (await verified(tampered)).tampering;

test('a long run that nobody touched is as it was sealed', async () => {
  expect(files.get(JOURNAL)?.length).toBeGreaterThan(2_000_000);
  expect(await found(files)).toEqual([]);
});

test('in a long run the first line is named that was altered, removed, or is no text any more', async () => {
  const lines = (change: (all: string[]) => string[]) =>
    withText(files, JOURNAL, (text) => change(text.split('\n')).join('\n'));
  expect(await found(lines((all) => all.with(5_000, (all[5_000] ?? '').replace('120', '121'))))).toEqual([
    { file: JOURNAL, line: 5_001, what: 'was altered' },
  ]);
  expect(await found(lines((all) => all.toSpliced(7_000, 1)))).toEqual([
    { file: JOURNAL, line: 7_001, what: 'was removed' },
  ]);
  const at = Buffer.from(files.get(JOURNAL) ?? []).indexOf('DescribeDBInstances', 1_000_000);
  const line = Buffer.from(files.get(JOURNAL) ?? [])
    .subarray(0, at)
    .toString()
    .split('\n').length;
  const noText = withFile(files, JOURNAL, (bytes) => bytes.fill(0xff, at, at + 1));
  expect(await found(noText)).toEqual([{ file: JOURNAL, line, what: 'was altered' }]);
});

test('in a long run a report that was altered is named', async () => {
  const altered = withText(files, 'report.json', (text) => text.replace('"mode": "dry-run"', '"mode": "live"'));
  expect(await found(altered)).toContainEqual({ file: 'report.json', what: 'was altered' });
});
