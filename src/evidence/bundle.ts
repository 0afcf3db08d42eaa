import { strToU8, unzipSync, zipSync } from 'fflate';
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

/** No archive may hold more than this: a small file can unpack to a great deal. */
const MOST_BYTES = 400_000_000;

/** Deflate packs no more than so many bytes into one. */
const DEFLATE_MOST = 1_032;

/** The one archive of a sealed run. The same files give the same bytes, whenever and wherever it is packed. */
export function bundleOf(files: Files): Uint8Array {
  const manifest = manifestIn(files);
  const packed: [string, Uint8Array][] = [[INDEX, strToU8(indexOf(manifest, files))], ...namesIn(manifest, files)];
  return zipSync(
    Object.fromEntries(
      packed.map(([name, bytes]) => [
        `${manifest.run}/${name}`,
        // The earliest time that the format knows, as it must have one.
        [bytes, { mtime: new Date(1980, 0, 1), level: 9, os: 0 }],
      ]),
    ),
  );
}

/** The files of a bundle; refuses one that is not exactly what packing them gives. Fails with `bundle-broken`. */
export function filesIn(bundle: Uint8Array, name: string): Files {
  const files = unpacked(bundle, name);
  let again: Uint8Array;
  try {
    again = bundleOf(files);
  } catch (cause) {
    throw broken(name, 'it is not the bundle of one sealed run', cause);
  }
  if (!Buffer.from(again).equals(bundle)) throw broken(name, 'it holds something else than the files of one run');
  return files;
}

function unpacked(bundle: Uint8Array, name: string): Files {
  let size = 0;
  let packedSize = 0;
  const seen = new Set<string>();
  try {
    const packed = unzipSync(bundle, {
      // Before anything is unpacked, and so before there is memory for it.
      filter({ name: path, originalSize, size: packedBytes }) {
        if (seen.has(path)) throw new Error(`it holds ${path} twice`);
        seen.add(path);
        if (!/^[^/\\]+\/[^/\\]+$/.test(path) || /(^|\/)\.\.?(\/|$)/.test(path))
          throw new Error(`${path} is no file of a run`);
        packedSize += packedBytes;
        if (packedSize > bundle.length) throw new Error('its files overlap');
        if (originalSize > DEFLATE_MOST * packedBytes + 64) throw new Error(`${path} cannot be as large as it says`);
        size += originalSize;
        if (size > MOST_BYTES) throw new Error('it unpacks to more than 400 MB');
        return true;
      },
    });
    const folders = new Set(Object.keys(packed).map((path) => path.split('/')[0]));
    if (folders.size !== 1) throw new Error('it holds more than one run, or none');
    return new Map(Object.entries(packed).map(([path, bytes]) => [path.split('/').slice(1).join('/'), bytes]));
  } catch (cause) {
    throw broken(name, `it cannot be unpacked: ${(cause as Error).message}`, cause);
  }
}

function manifestIn(files: Files): Manifest {
  const bytes = files.get(MANIFEST);
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

/** What belongs to a sealed run, in the order of its manifest. */
function namesIn({ files: sealed }: Manifest, files: Files): [string, Uint8Array][] {
  const names = [MANIFEST, SIGNATURE, PUBLIC_KEY, TIMESTAMP, JOURNAL, ...sealed.map(({ file }) => file), DEBRIEF];
  return names.flatMap((name): [string, Uint8Array][] => {
    const bytes = files.get(name);
    return bytes ? [[name, bytes]] : [];
  });
}

const broken = (name: string, why: string, cause?: unknown): DrillError =>
  new DrillError('bundle-broken', `${name} is not as it was packed: ${why}.`, {
    hint: 'A bundle is evidence and is not repaired. Take an untouched copy.',
    cause,
  });

/** What the run's files gave: text, whatever stands in it. */
const text = (words: string): string => plain(visible(words));

/** For a person who opens the archive: what is in it, and how to check it without this tool. */
function indexOf(manifest: Manifest, files: Files): string {
  const { run, drill, topology, tool, mode, outcome, journal, key, files: sealed } = manifest;
  const afterwards = debriefInWords(Buffer.from(files.get(DEBRIEF) ?? []).toString());
  const check =
    key.algorithm === 'ed25519'
      ? `openssl pkeyutl -verify -pubin -inkey ${PUBLIC_KEY} -rawin -in ${MANIFEST} -sigfile ${SIGNATURE}`
      : `openssl dgst -sha256 -verify ${PUBLIC_KEY} -signature ${SIGNATURE} ${MANIFEST}`;
  return [
    `# ${text(run)}`,
    '',
    `Evidence of a disaster-recovery drill: ${text(drill.name)} on ${text(topology.name)}, ${mode === 'dry-run' ? 'a dry run in a simulation' : 'live'}, made with ${text(tool)}. It ended as: ${text(outcome)}.`,
    ...(mode === 'dry-run' ? ['', 'SIMULATED: a dry run proves nothing about the real account.'] : []),
    '',
    '| file | what it is | SHA-256 |',
    '|---|---|---|',
    `| ${journal.file} | everything that happened, ${journal.lines} lines, each with the hash of the one before | \`${journal.sha256}\` |`,
    ...sealed.map(
      ({ file, sha256 }) =>
        `| ${text(file)} | ${file === BEFORE ? 'what the runs before left: figures, and what is still to be done' : 'made from the journal'} | \`${sha256}\` |`,
    ),
    `| ${MANIFEST} | what was sealed: the hashes of all files above | |`,
    `| ${SIGNATURE} | its signature (${key.algorithm}) | |`,
    `| ${PUBLIC_KEY} | the public key; SHA-256 of its DER form: ${key.fingerprint} | |`,
    ...(files.has(TIMESTAMP) ? [`| ${TIMESTAMP} | a time-stamp of the signature (RFC 3161) | |`] : []),
    ...(files.has(DEBRIEF)
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
    ...(files.has(TIMESTAMP)
      ? [
          '',
          "5. That the signature is as old as the time-stamp says; the authority's certificates come from the authority:",
          '',
          `       openssl ts -verify -in ${TIMESTAMP} -data ${SIGNATURE} -CAfile authority.pem`,
        ]
      : []),
    ...(files.has(DEBRIEF)
      ? [
          '',
          `${files.has(TIMESTAMP) ? 6 : 5}. That each line of the debrief is signed with the key in it, and follows from the one before, the first from the journal's last:`,
          '',
          `       prev=$(tail -n 1 ${JOURNAL} | tr -d '\\n' | sha256sum | cut -d' ' -f1); while IFS= read -r line; do [ "$(printf %s "$line" | jq -r .prev)" = "$prev" ] || printf 'does not follow: %s\\n' "$line"; prev=$(printf %s "$line" | sha256sum | cut -d' ' -f1); printf %s "$line" | jq -jc 'del(.signature)' > said; printf %s "$line" | jq -r .signature | base64 -d > said.sig; printf %s "$line" | jq -r .key.publicKey > said.pem; if grep -q '"algorithm":"ed25519"' said; then openssl pkeyutl -verify -pubin -inkey said.pem -rawin -in said -sigfile said.sig; else openssl dgst -sha256 -verify said.pem -signature said.sig said; fi; done < ${DEBRIEF}`,
        ]
      : []),
    '',
  ].join('\n');
}
