import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DrillError } from '../errors.ts';
import { mostBytes, readText } from '../read-file.ts';
import { digestOf, type Manifest } from './manifest.ts';

/** What seals a run. Anyone who holds it vouches for the run; the private part never leaves where it is kept. */
export interface SigningKey {
  algorithm: Manifest['key']['algorithm'];
  /** SHA-256 of the public key in its DER form (SPKI). */
  fingerprint: string;
  /** The public key as PEM. */
  publicKey: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

const FILE = 'signing-key.pem';

/** The Ed25519 key of a folder; made at its first use, and readable by its owner only. Fails with `key-unusable`. */
export function localKey(folder: string): SigningKey {
  const path = join(folder, FILE);
  const key = readKey(path) ?? makeKey(folder, path);
  const publicKey = publicPem(createPublicKey(key));
  return {
    algorithm: 'ed25519',
    fingerprint: fingerprintOf(publicKey),
    publicKey,
    sign: async (bytes) => sign(null, bytes, key),
  };
}

/** SHA-256 of a public key in its DER form, however its PEM is laid out. Throws where it is none. */
export const fingerprintOf = (publicKey: string): string =>
  digestOf(createPublicKey(publicKey).export({ type: 'spki', format: 'der' }));

/** Whether a signature is by this public key. */
export function isSignedBy(
  publicKey: string,
  algorithm: SigningKey['algorithm'],
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = createPublicKey(publicKey);
  const wanted = algorithm === 'ed25519' ? 'ed25519' : 'ec';
  return key.asymmetricKeyType === wanted && verify(wanted === 'ec' ? 'sha256' : null, bytes, key, signature);
}

export const publicPem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

function readKey(path: string): KeyObject | undefined {
  let pem: string;
  try {
    pem = readText(path, mostBytes.note);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, error);
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    throw unusable(path, error);
  }
  throw unusable(path, new Error('it is no Ed25519 key'));
}

function makeKey(folder: string, path: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    // Two runs that begin at once: the first one's key is the key.
    writeFileSync(path, pem, { flag: 'wx', mode: 0o600 });
    return privateKey;
  } catch (error) {
    const made = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readKey(path) : undefined;
    if (made) return made;
    throw unusable(path, error);
  }
}

const unusable = (path: string, cause: unknown): DrillError =>
  new DrillError('key-unusable', `The signing key ${path} cannot be used: ${(cause as Error).message}.`, {
    hint: 'Name a folder for keys that can be written to in DR_DRILL_KEYS, or put an Ed25519 key (PKCS#8, PEM) there.',
    cause,
  });
