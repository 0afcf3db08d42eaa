import type { Entry } from '../journal/events.ts';
import {
  type Circumstances,
  type Files,
  MANIFEST,
  manifestOf,
  PUBLIC_KEY,
  SIGNATURE,
  TIMESTAMP,
  toBytes,
} from './manifest.ts';
import type { SigningKey } from './signing-key.ts';

/** Has a time-stamp authority say when some bytes existed: a time-stamp response after RFC 3161. */
export type TimestampAuthority = (bytes: Uint8Array) => Promise<Uint8Array | undefined>;

/** The seal of a run: a manifest of its files, signed, with the public key beside it; and time-stamped, where an authority is asked. */
export async function sealOf(
  run: string,
  {
    entries,
    journal,
    reports,
    circumstances,
  }: { entries: readonly Entry[]; journal: Uint8Array; reports: Files; circumstances?: Circumstances | undefined },
  key: SigningKey,
  timestamp?: TimestampAuthority,
): Promise<Files> {
  const manifest = toBytes(manifestOf(run, entries, journal, reports, key, circumstances));
  const signature = await key.sign(manifest);
  // Of the signature: it was made by then, and with it everything that it covers.
  const stamp = await timestamp?.(signature);
  return new Map<string, Uint8Array>([
    [SIGNATURE, signature],
    [PUBLIC_KEY, Buffer.from(key.publicKey)],
    ...(stamp ? ([[TIMESTAMP, stamp]] as const) : []),
    // Last: where it lies, the seal is whole.
    [MANIFEST, manifest],
  ]);
}
