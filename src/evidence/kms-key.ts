import { createPublicKey } from 'node:crypto';
import { parseArn, regionalArn } from '../arn.ts';
import { type Aws, isAwsError, type Output } from '../aws/aws.ts';
import { DrillError, errorFacts } from '../errors.ts';
import type { Manifest } from './manifest.ts';
import { fingerprintOf, isSignedBy, publicPem, type SigningKey } from './signing-key.ts';

/** A key of AWS KMS, by its ARN or that of its alias. */
export interface KmsKeyName {
  arn: string;
  region: string;
}

type Algorithm = Manifest['key']['algorithm'];

/** The key specs whose signatures `verify` and openssl know, with what KMS calls the algorithm. */
const specs: Record<string, { algorithm: Algorithm; signing: 'ECDSA_SHA_256' | 'ED25519_SHA_512' }> = {
  ECC_NIST_P256: { algorithm: 'ecdsa-p256-sha256', signing: 'ECDSA_SHA_256' },
  ECC_NIST_EDWARDS25519: { algorithm: 'ed25519', signing: 'ED25519_SHA_512' },
};

/** What KMS signs of itself. */
const MESSAGE_BYTES_MAX = 4096;

/** Reads the ARN of a key or alias. Fails with `usage`. */
export function kmsKeyName(what: string, arn: string): KmsKeyName {
  const { service, region, resource = '' } = parseArn(arn) ?? {};
  if (service === 'kms' && region && /^(key|alias)\/[\w/-]+$/.test(resource)) return { arn, region };
  throw new DrillError('usage', `${what} is no key of KMS: ${arn}`, {
    hint: `Give the ARN of a key or alias: ${regionalArn({ service: 'kms', region: '<region>', account: '<account>', resource: 'alias/<name>' })}.`,
  });
}

/**
 * A key whose private part never leaves KMS. Asks at once whether it may sign, so that a run does not find out at its end. Needs
 * kms:GetPublicKey and kms:Sign. Fails with `key-unusable`, and with the SDK's error where KMS refuses.
 */
export async function kmsKey({ arn, region }: KmsKeyName, aws: Aws): Promise<SigningKey> {
  const found = await aws.call('kms', region, 'GetPublicKey', { KeyId: arn }).catch((error: unknown) => {
    if (!isAwsError(error, 'NotFound')) throw error;
    throw new DrillError('key-unusable', `KMS has no key ${arn}.`, { hint: 'Correct its ARN.', cause: error });
  });
  const spec = specs[found.KeySpec ?? ''];
  if (!spec || found.KeyUsage !== 'SIGN_VERIFY' || !found.PublicKey) throw unfit(arn, found);
  const { algorithm, signing } = spec;
  const publicKey = publicPem(createPublicKey({ key: Buffer.from(found.PublicKey), format: 'der', type: 'spki' }));
  // The key behind an alias may be another one tomorrow.
  const asked = { KeyId: found.KeyId ?? arn, MessageType: 'RAW', SigningAlgorithm: signing } as const;
  await aws
    .call('kms', region, 'Sign', { ...asked, Message: Buffer.from('may I?'), DryRun: true })
    .catch((error: unknown) => {
      if (!isAwsError(error, 'DryRunOperation')) throw error;
    });
  return {
    algorithm,
    fingerprint: fingerprintOf(publicKey),
    publicKey,
    async sign(bytes) {
      if (bytes.length > MESSAGE_BYTES_MAX)
        throw new DrillError(
          'too-long-to-sign',
          `KMS signs ${MESSAGE_BYTES_MAX} bytes, and these are ${bytes.length}.`,
          {
            hint: 'Say it in several parts.',
          },
        );
      const { Signature } = await aws.call('kms', region, 'Sign', { ...asked, Message: bytes }).catch(unsigned);
      if (!Signature || !isSignedBy(publicKey, algorithm, bytes, Signature))
        throw new DrillError('key-unusable', `What KMS signed with ${arn} is not signed by its public key.`, {
          hint: 'See what answers for KMS: AWS_ENDPOINT_URL may be set.',
        });
      return Signature;
    },
  };
}

function unsigned(error: unknown): never {
  if (error instanceof DrillError) throw error;
  const { name, message } = errorFacts(error);
  throw new DrillError('not-signed', `KMS did not sign: ${name}: ${message}`, {
    hint: 'Repeat it when KMS answers.',
    cause: error,
  });
}

const unfit = (arn: string, { KeySpec, KeyUsage }: Output<'kms', 'GetPublicKey'>): DrillError =>
  new DrillError('key-unusable', `${arn} cannot seal a run: its key spec is ${KeySpec}, for ${KeyUsage}.`, {
    hint: `Name a key for signatures (SIGN_VERIFY) of ${Object.keys(specs).join(' or ')}.`,
  });
