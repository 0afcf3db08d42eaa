import { Unzip, type UnzipFile, UnzipInflate } from 'fflate';
import { DrillError } from '../errors.ts';
import { plain } from '../markdown-text.ts';
import { visible } from '../visible.ts';
import { DEBRIEF, debriefInWords } from './debrief.ts';
import {
  BEFORE,
  type Files,
  INDEX,
  JOURNAL,
  MANIFEST,
  type Manifest,
  manifestSchema,
  PUBLIC_KEY,
  SIGNATURE,
  TIMESTAMP,
} from './manifest.ts';
import { PART_BYTES, zipped } from './zip.ts';

/** No archive may hold more than this: a small file can unpack to a great deal. */
const MOST_BYTES = 400_000_000;

/** A journal has a hash in each line, so no run packs this well; what is small may. */
const PACKS_AT_MOST = 100;
const SMALL_BYTES = 1_000_000;

/** Where the files of a run come from: each in parts, or `undefined` where there is none of this name. */
export type Source = (name: string) => Iterable<Uint8Array> | undefined;

const inMemory =
  (files: Files): Source =>
  (name) => {
    const bytes = files.get(name);
    return bytes && [bytes];
  };

/**
 * The one archive of a sealed run, in parts as they are made: it never stands in memory. The same files give the same bytes, whenever and
 * wherever it is packed.
 */
export function* bundleOf(source: Source, partBytes = PART_BYTES): Generator<Uint8Array> {
  // Read once: the index is made from them.
  const once = new Map([MANIFEST, DEBRIEF].flatMap((name) => whole(name, source(name))));
  const manifest = manifestIn(once.get(MANIFEST));
  const unpackedBytes = [manifest.journal, ...manifest.files].reduce((sum, { bytes }) => sum + bytes, 0);
  if (unpackedBytes > MOST_BYTES) throw tooLarge(`unpacks to more than ${MOST_BYTES / 1e6} MB`);
  const sealed = [SIGNATURE, PUBLIC_KEY, TIMESTAMP, JOURNAL, ...manifest.files.map(({ file }) => file)];
  const hasTimestamp = source(TIMESTAMP) !== undefined;
  once.set(INDEX, Buffer.from(indexOf(manifest, { debrief: once.get(DEBRIEF), hasTimestamp })));
  const names = new Set([INDEX, MANIFEST, ...sealed, DEBRIEF]);
  const read = (name: string) => inMemory(once)(name) ?? source(name);
  yield* zipped(
    (function* () {
      for (const name of names) {
        const content = read(name);
        if (content) yield [`${manifest.run}/${name}`, content] as const;
      }
    })(),
    partBytes,
  );
}

/**
 * The files of a bundle, which comes in parts; refuses one that is not exactly what packing them gives. Holds no more than the files, and
 * refuses what they cannot be before there is memory for it. Fails with `bundle-broken`.
 */
export function filesIn(bundle: Iterable<Uint8Array>, name: string): Files {
  const files = unpacked(bundle, name);
  // Before 0.2.0 also the largest file was packed at once.
  const largest = Math.max(...[...files.values()].map(({ length }) => length));
  const ways = largest > PART_BYTES ? [PART_BYTES, largest] : [PART_BYTES];
  try {
    if (ways.some((partBytes) => isSame(bundle, bundleOf(inMemory(files), partBytes)))) return files;
  } catch (cause) {
    throw broken(name, 'it is not the bundle of one sealed run', cause);
  }
  throw broken(name, 'it holds something else than the files of one run');
}

/** Whether both give the same bytes, in whatever parts. */
function isSame(one: Iterable<Uint8Array>, other: Iterable<Uint8Array>): boolean {
  const others = other[Symbol.iterator]();
  let expected: Uint8Array | undefined = new Uint8Array();
  for (const given of one)
    for (let rest = given; rest.length > 0; ) {
      while (expected?.length === 0) expected = others.next().value as Uint8Array | undefined;
      if (!expected) return false;
      const length = Math.min(rest.length, expected.length);
      if (Buffer.compare(rest.subarray(0, length), expected.subarray(0, length)) !== 0) return false;
      rest = rest.subarray(length);
      expected = expected.subarray(length);
    }
  return expected?.length === 0 && others.next().done === true;
}

const whole = (name: string, parts: Iterable<Uint8Array> | undefined): [string, Uint8Array][] =>
  parts ? [[name, Buffer.concat([...parts])]] : [];

function unpacked(bundle: Iterable<Uint8Array>, name: string): Files {
  const files = new Map<string, Uint8Array>();
  let folder: string | undefined;
  let size = 0;
  let unfinished = 0;
  const unzip = new Unzip((packed) => {
    const whole = sizeOf(packed);
    const [run, file = ''] = packed.name.split('/');
    folder ??= run;
    if (run !== folder) throw new Error('it holds more than one run');
    if (files.has(file)) throw new Error(`it holds ${packed.name} twice`);
    size += whole;
    if (size > MOST_BYTES) throw new Error(`it unpacks to more than ${MOST_BYTES / 1e6} MB`);
    // Threads share it, as a long run is hashed by another.
    const bytes = Buffer.from(new SharedArrayBuffer(whole));
    files.set(file, bytes);
    unfinished += 1;
    let at = 0;
    packed.ondata = (error, part, isLast) => {
      if (error) throw error;
      if (at + part.length > whole) throw new Error(`${packed.name} is larger than it says`);
      bytes.set(part, at);
      at += part.length;
      if (isLast && at < whole) throw new Error(`${packed.name} is smaller than it says`);
      if (isLast) unfinished -= 1;
    };
    packed.start();
  });
  unzip.register(UnzipInflate);
  try {
    for (const part of bundle) unzip.push(part);
    unzip.push(new Uint8Array(), true);
    if (files.size === 0 || unfinished > 0) throw new Error('it is cut off, or no archive');
  } catch (cause) {
    throw broken(name, `it cannot be unpacked: ${(cause as Error).message}`, cause);
  }
  return files;
}

/** How large a file of a run is, as the archive says before the file itself. */
function sizeOf({ name, size, originalSize }: UnzipFile): number {
  if (!/^[^/\\]+\/[^/\\]+$/.test(name) || /(^|\/)\.\.?(\/|$)/.test(name))
    throw new Error(`${name} is no file of a run`);
  if (size === undefined || originalSize === undefined) throw new Error(`${name} does not say how large it is`);
  if (originalSize > PACKS_AT_MOST * size + SMALL_BYTES) throw new Error(`${name} cannot be as large as it says`);
  return originalSize;
}

function manifestIn(bytes: Uint8Array | undefined): Manifest {
  if (!bytes)
    throw new DrillError('not-sealed', 'The run is not sealed: it has no manifest.', {
      hint: 'Only a run that has ended is sealed.',
    });
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new DrillError('manifest-invalid', `${MANIFEST} is not what a seal has written: somebody changed it.`, {
      hint: 'It is evidence and is not repaired. Take an untouched copy.',
      cause,
    });
  }
}

/** What `verify` would not read is not packed. */
export const tooLarge = (why: string): DrillError =>
  new DrillError('bundle-too-large', `The bundle ${why}: verify reads no such bundle.`, {
    hint: 'Keep the run folder instead: verify reads it, too.',
  });

const broken = (name: string, why: string, cause?: unknown): DrillError =>
  new DrillError('bundle-broken', `${name} is not as it was packed: ${why}.`, {
    hint: 'A bundle is evidence and is not repaired. Take an untouched copy.',
    cause,
  });

/** What the run's files gave: text, whatever stands in it. */
const text = (words: string): string => plain(visible(words));

/** For a person who opens the archive: what is in it, and how to check it without this tool. */
function indexOf(
  manifest: Manifest,
  { debrief, hasTimestamp }: { debrief: Uint8Array | undefined; hasTimestamp: boolean },
): string {
  const { run, drill, topology, tool, mode, elsewhere, outcome, journal, key, files: sealed } = manifest;
  const afterwards = debriefInWords(Buffer.from(debrief ?? []).toString());
  const check =
    key.algorithm === 'ed25519'
      ? `openssl pkeyutl -verify -pubin -inkey ${PUBLIC_KEY} -rawin -in ${MANIFEST} -sigfile ${SIGNATURE}`
      : `openssl dgst -sha256 -verify ${PUBLIC_KEY} -signature ${SIGNATURE} ${MANIFEST}`;
  return [
    `# ${text(run)}`,
    '',
    `Evidence of a disaster-recovery drill: ${text(drill.name)} on ${text(topology.name)}, ${mode === 'dry-run' ? 'a dry run in a simulation' : 'live'}, made with ${text(tool)}. It ended as: ${text(outcome)}.`,
    ...(mode === 'dry-run' ? ['', 'SIMULATED: a dry run proves nothing about the real account.'] : []),
    ...(elsewhere === undefined
      ? []
      : ['', `NOT AWS: a run at ${text(elsewhere)} proves nothing about the real account.`]),
    '',
    '| file | what it is | SHA-256 |',
    '|---|---|---|',
    `| ${journal.file} | everything that happened, ${journal.lines} lines, each with the hash of the one before | \`${journal.sha256}\` |`,
    ...sealed.map(
      ({ file, sha256 }) =>
        `| ${text(file)} | ${file === BEFORE ? 'what the journal does not tell: the real date of a dry run, and what the runs before left' : 'made from the journal'} | \`${sha256}\` |`,
    ),
    `| ${MANIFEST} | what was sealed: the hashes of all files above | |`,
    `| ${SIGNATURE} | its signature (${key.algorithm}) | |`,
    `| ${PUBLIC_KEY} | the public key; SHA-256 of its DER form: ${key.fingerprint} | |`,
    ...(hasTimestamp ? [`| ${TIMESTAMP} | a time-stamp of the signature (RFC 3161) | |`] : []),
    ...(debrief
      ? [`| ${DEBRIEF} | what people said afterwards; each line signed by whoever wrote it down, none of it sealed | |`]
      : []),
    ...(afterwards.length > 0 ? ['', '## What people said afterwards', '', ...afterwards] : []),
    '',
    '## To check it',
    '',
    `\`npx dr-drill verify <this file>\` checks all of it, and that every figure follows from the journal. With standard tools alone:`,
    '',
    '1. That the key is the one of whoever vouches for the run; compare with what they published:',
    '',
    `       openssl pkey -pubin -in ${PUBLIC_KEY} -outform DER | sha256sum`,
    '',
    '2. That they signed this manifest:',
    '',
    `       ${check}`,
    '',
    '3. That the files are those of the manifest:',
    '',
    `       jq -r '.journal, .files[] | "\\(.sha256)  \\(.file)"' ${MANIFEST} | sha256sum -c`,
    '',
    '4. That each line of the journal follows from the one before, which prints nothing where all do:',
    '',
    `       jq -r .prev ${JOURNAL} | { prev=$(printf '0%.0s' $(seq 64)); while IFS= read -r line <&3; do read -r said; [ "$said" = "$prev" ] || printf '%s\\n' "$line"; prev=$(printf %s "$line" | sha256sum); prev=\${prev%% *}; done 3< ${JOURNAL}; }`,
    ...(hasTimestamp
      ? [
          '',
          "5. That the signature is as old as the time-stamp says; the authority's certificates come from the authority:",
          '',
          `       openssl ts -verify -in ${TIMESTAMP} -data ${SIGNATURE} -CAfile authority.pem`,
        ]
      : []),
    ...(debrief
      ? [
          '',
          `${hasTimestamp ? 6 : 5}. That each line of the debrief is signed with the key in it, and follows from the one before, the first from the journal's last:`,
          '',
          `       prev=$(tail -n 1 ${JOURNAL} | tr -d '\\n' | sha256sum | cut -d' ' -f1); while IFS= read -r line; do [ "$(printf %s "$line" | jq -r .prev)" = "$prev" ] || printf 'does not follow: %s\\n' "$line"; prev=$(printf %s "$line" | sha256sum | cut -d' ' -f1); printf %s "$line" | jq -jc 'del(.signature)' > said; printf %s "$line" | jq -r .signature | base64 -d > said.sig; printf %s "$line" | jq -r .key.publicKey > said.pem; if grep -q '"algorithm":"ed25519"' said; then openssl pkeyutl -verify -pubin -inkey said.pem -rawin -in said -sigfile said.sig; else openssl dgst -sha256 -verify said.pem -signature said.sig said; fi; done < ${DEBRIEF}`,
        ]
      : []),
    '',
  ].join('\n');
}
