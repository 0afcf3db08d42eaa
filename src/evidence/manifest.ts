import { hash } from 'node:crypto';
import * as z from 'zod';
import type { Entry } from '../journal/events.ts';
import { lineHash } from '../journal/journal.ts';
import { headerOf } from '../measure/reading.ts';

export const JOURNAL = 'journal.jsonl';
export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.sig';
export const PUBLIC_KEY = 'signer.pem';
export const TIMESTAMP = 'manifest.tsr';
/** What a bundle says of itself. */
export const INDEX = 'README.md';
/** The real date of a dry run; and what the runs before left, where they did: figures to compare with, and what is still to be done. */
export const BEFORE = 'before.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const sealedFile = z.strictObject({ file: z.string(), bytes: z.int(), sha256 });

/** What a seal vouches for: every file of a run by its hash, and what the run was. */
export const manifestSchema = z.strictObject({
  format: z.literal(1),
  run: z
    .string()
    .regex(/^[\w.-]+$/)
    .describe('The folder that the run was given.'),
  tool: z.string(),
  mode: z.enum(['dry-run', 'live']),
  elsewhere: z.string().optional().describe('The endpoint of a live run that did not use AWS.'),
  outcome: z.string(),
  drill: z.strictObject({ name: z.string(), sha256 }).describe('Of the drill as validated, as JSON.'),
  topology: z.strictObject({ name: z.string(), sha256 }).describe('Of the topology as validated, as JSON.'),
  journal: sealedFile.extend({
    lines: z.int(),
    lastLine: sha256.describe('SHA-256 of the last line without its line break. It covers all lines before it.'),
  }),
  files: z.array(sealedFile),
  key: z.strictObject({ algorithm: z.enum(['ed25519', 'ecdsa-p256-sha256']), fingerprint: sha256 }),
  later: z
    .strictObject({ endedAt: z.iso.datetime(), sealedAt: z.iso.datetime() })
    .optional()
    .describe('For a run that was not sealed at its end: when it ended, by its journal, and when it was sealed.'),
  unseenLines: z
    .int()
    .positive()
    .optional()
    .describe('How many of the first lines of the journal were written before the sealing machine could see them.'),
});

export type Manifest = z.output<typeof manifestSchema>;

/** The files of a run by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

export const digestOf = (bytes: Uint8Array | string): string => hash('sha256', bytes);

/** How a seal came about, where it was not made by the process that wrote the whole journal. */
export type Circumstances = Pick<Manifest, 'later' | 'unseenLines'>;

/** The manifest of a run. The same files give the same bytes. */
export function manifestOf(
  run: string,
  entries: readonly Entry[],
  journal: Uint8Array,
  reports: Files,
  key: Manifest['key'],
  circumstances: Circumstances = {},
): Manifest {
  const { drill, topology } = headerOf(entries);
  return {
    format: 1,
    run,
    ...courseOf(entries),
    drill: { name: drill.drill, sha256: digestOf(JSON.stringify(drill)) },
    topology: { name: topology.topology, sha256: digestOf(JSON.stringify(topology)) },
    journal: { ...fileOf(JOURNAL, journal), lines: entries.length, lastLine: lineHash(JSON.stringify(entries.at(-1))) },
    files: [...reports].map(([file, bytes]) => fileOf(file, bytes)).sort((a, b) => (a.file < b.file ? -1 : 1)),
    key: { algorithm: key.algorithm, fingerprint: key.fingerprint },
    ...circumstances,
  };
}

/** By what a journal was written, where, and how it ended. */
export function courseOf(entries: readonly Entry[]): Pick<Manifest, 'tool' | 'mode' | 'elsewhere' | 'outcome'> {
  const { tool, mode, elsewhere } = headerOf(entries);
  const ended = entries.findLast((entry) => entry.type === 'run-ended');
  return { tool, mode, ...(elsewhere !== undefined && { elsewhere }), outcome: ended?.outcome ?? 'unfinished' };
}

const fileOf = (file: string, bytes: Uint8Array) => ({ file, bytes: bytes.length, sha256: digestOf(bytes) });

export const toBytes = (manifest: Manifest): Uint8Array => Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
