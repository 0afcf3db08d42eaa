import { readFileSync } from 'node:fs';
import { tool as ownTool } from '../../src/cli/version.ts';
import { reportsOf } from '../../src/cli/write-reports.ts';
import { bundleOf, filesIn } from '../../src/evidence/bundle.ts';
import { type Files, INDEX, JOURNAL } from '../../src/evidence/manifest.ts';
import { sealOf } from '../../src/evidence/seal.ts';
import { localKey } from '../../src/evidence/signing-key.ts';
import { type Verification, verify } from '../../src/evidence/verify.ts';
import type { Entry } from '../../src/journal/events.ts';
import { lineHash } from '../../src/journal/journal.ts';
import { type Format, formatNames } from '../../src/report/format-names.ts';
import { formatsAmong } from '../../src/report/formats.ts';
import { finished } from '../run/drill.ts';

/** A PDF is made slowly, and each verification makes it again. */
const textFormats = formatNames.filter((format) => format !== 'pdf');

/** Everything that a sealed run leaves, by the name of its file. */
export async function sealed(
  drill: string,
  {
    keys,
    run = `2026-11-23T09-30-00Z-${drill}`,
    formats = textFormats,
    before = (files) => files,
  }: { keys: string; run?: string; formats?: readonly Format[]; before?: (reports: Files) => Files },
) {
  const { entries } = await finished(drill);
  const journal = Buffer.from(textOf(entries));
  const hash = lineHash(JSON.stringify(entries.at(-1)));
  const reports = before((await reportsOf(entries, { journalHash: hash, formats })).files);
  const key = localKey(keys);
  const seal = await sealOf(run, { entries, journal, reports }, key);
  return { files: new Map([[JOURNAL, journal], ...reports, ...seal]) as Files, entries, key };
}

export const textOf = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** As the command does it. */
export function verified(files: Files, trusted?: string[], tool = ownTool, remade = reportsOf): Promise<Verification> {
  return verify(files, {
    ...(trusted && { trusted }),
    tool,
    isReport: (file) => formatsAmong([file]).length > 0,
    remake: async (entries, journalHash, beside) =>
      (await remade(entries, { journalHash, formats: formatsAmong(beside.keys()) })).files,
  });
}

/** Makes the reports of a journal once, however often they are asked for: for alterations of what is beside it. */
export function reportsOnce(): typeof reportsOf {
  const known = new Map<string, ReturnType<typeof reportsOf>>();
  return (entries, asked) => {
    const key = `${asked.journalHash} ${asked.formats}`;
    const again = known.get(key) ?? reportsOf(entries, asked);
    known.set(key, again);
    return again;
  };
}

/** The same files with one of them changed. */
export const withFile = (files: Files, name: string, change: (bytes: Buffer) => Uint8Array | undefined): Files => {
  const changed = change(Buffer.from(files.get(name) ?? []));
  const others = [...files].filter(([file]) => file !== name);
  return new Map(changed ? [...others, [name, changed]] : others);
};

export const withText = (files: Files, name: string, change: (text: string) => string): Files =>
  withFile(files, name, (bytes) => Buffer.from(change(bytes.toString())));

/** All of a bundle at once. */
export const bundled = (files: Files): Buffer =>
  Buffer.concat([
    ...bundleOf((name) => {
      const bytes = files.get(name);
      return bytes && [bytes];
    }),
  ]);

/** What a bundle says of itself. */
export const indexIn = (bundle: string): string =>
  Buffer.from(filesIn([readFileSync(bundle)], bundle).get(INDEX) ?? []).toString();
