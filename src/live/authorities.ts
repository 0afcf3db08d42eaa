import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { parseKnownFiles } from '@smithy/core/config';
import { DrillError } from '../errors.ts';
import { mostBytes, readText } from '../read-file.ts';

/**
 * The certificates that AWS_CA_BUNDLE, `ca_bundle` of the AWS profile and NODE_EXTRA_CA_CERTS name, as PEM. Fails with `ca-missing` where
 * such a file cannot be read or holds none.
 */
export async function ownAuthorities(): Promise<string[]> {
  const { AWS_CA_BUNDLE: bundle, AWS_PROFILE: profile, NODE_EXTRA_CA_CERTS: extra } = process.env;
  const said = bundle || (await parseKnownFiles({}))[profile || 'default']?.ca_bundle;
  const found: string[] = [];
  if (said)
    found.push(
      readAuthorities(said, bundle ? 'AWS_CA_BUNDLE' : `ca_bundle of the AWS profile ${profile || 'default'}`),
    );
  // Node has warned by itself where it could not read this one.
  if (extra) found.push(orNothing(() => readText(extra, mostBytes.record)));
  return [...new Set(found)].filter((pem) => pem !== '');
}

/** All that is trusted, as PEM, where someone named authorities of their own; `undefined` leaves it to Node. */
export async function trustedAuthorities(): Promise<string[] | undefined> {
  const own = await ownAuthorities();
  return own.length === 0 ? undefined : [...rootCertificates, ...own];
}

/** The same, parsed once: a bundle takes 100 ms. */
export async function ownTrust(): Promise<SecureContext | undefined> {
  const ca = await trustedAuthorities();
  return ca && createSecureContext({ ca });
}

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function readAuthorities(path: string, what: string): string {
  let text: string;
  try {
    text = readText(path, mostBytes.record);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new DrillError('ca-missing', `${what} names ${path}, which cannot be read (${why}).`, {
      hint: 'Correct the path, or unset it: the certificate authorities of Node are then trusted.',
      cause,
    });
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new DrillError('ca-missing', `${what} names ${path}, which contains no certificate.`, {
    hint: 'Name a file in PEM form, with lines such as -----BEGIN CERTIFICATE-----.',
  });
}
