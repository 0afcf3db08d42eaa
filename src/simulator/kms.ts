import { createECDH, createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { parseArn, regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import type { Topology } from '../drill/topology.ts';
import { uuidOf } from './distributions.ts';
import { awsError } from './faults.ts';
import type { World } from './world.ts';

/** What KMS signs of itself; of longer messages it takes the digest, which Node's own ECDSA does not. */
const RAW_BYTES_MAX = 4096;

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in PKCS#8. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The keys for signatures that each region has, by alias. */
const keys = {
  'alias/drill-evidence': {
    id: '00000000-eeee-4fff-8000-000000000001',
    spec: 'ECC_NIST_P256',
    algorithm: 'ECDSA_SHA_256',
    digest: 'sha256',
    from: (secret: Buffer): KeyObject => {
      const point = createECDH('prime256v1');
      point.setPrivateKey(secret);
      const xy = point.getPublicKey();
      const [x, y] = [xy.toString('base64url', 1, 33), xy.toString('base64url', 33)];
      return createPrivateKey({
        format: 'jwk',
        key: { kty: 'EC', crv: 'P-256', x, y, d: secret.toString('base64url') },
      });
    },
  },
  'alias/drill-evidence-ed25519': {
    id: '00000000-eeee-4fff-8000-000000000002',
    spec: 'ECC_NIST_EDWARDS25519',
    algorithm: 'ED25519_SHA_512',
    digest: null,
    from: (secret: Buffer): KeyObject =>
      createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.concat([ED25519_PKCS8, secret]) }),
  },
} as const;

/** KMS as its API answers, as far as names and signatures go. */
export const kms = {
  DescribeKey({ topology, keyStates }: World, region: string, { KeyId = '' }: Input<'kms', 'DescribeKey'>) {
    const Arn = dataKeyArn(topology, region, KeyId);
    const state = Arn in keyStates ? keyStates[Arn] : 'Enabled';
    if (!state) throw awsError('NotFoundException', `Key '${Arn}' does not exist`);
    const { account, resource } = parseArn(Arn) ?? { account: '', resource: '' };
    return {
      KeyMetadata: {
        AWSAccountId: account,
        KeyId: resource.replace('key/', ''),
        Arn,
        Enabled: state === 'Enabled',
        KeyState: state,
        KeyUsage: 'ENCRYPT_DECRYPT' as const,
        KeySpec: 'SYMMETRIC_DEFAULT' as const,
      },
    };
  },

  GetPublicKey(world: World, region: string, { KeyId }: Input<'kms', 'GetPublicKey'>) {
    const { arn, spec, algorithm, privateKey } = keyIn(world, region, KeyId);
    return {
      KeyId: arn,
      PublicKey: new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' })),
      CustomerMasterKeySpec: spec,
      KeySpec: spec,
      KeyUsage: 'SIGN_VERIFY' as const,
      SigningAlgorithms: [algorithm],
    };
  },

  Sign(world: World, region: string, input: Input<'kms', 'Sign'>) {
    const { KeyId, Message = new Uint8Array(), MessageType = 'RAW', SigningAlgorithm, DryRun } = input;
    const { arn, spec, algorithm, digest, privateKey } = keyIn(world, region, KeyId);
    if (SigningAlgorithm !== algorithm)
      throw awsError(
        'InvalidKeyUsageException',
        `Algorithm ${SigningAlgorithm} is incompatible with key spec ${spec}.`,
      );
    if (MessageType !== 'RAW') throw awsError('ValidationException', 'The simulator signs whole messages.');
    if (Message.length > RAW_BYTES_MAX)
      throw awsError(
        'ValidationException',
        "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096",
      );
    if (DryRun)
      throw awsError(
        'DryRunOperationException',
        'The request would have succeeded, but the DryRun option is set.',
        412,
      );
    return { KeyId: arn, Signature: new Uint8Array(sign(digest, Message, privateKey)), SigningAlgorithm };
  },
};

/** The ARN of a key for data, by any of its names. Each alias is a separate key. */
export function dataKeyArn({ account }: Pick<Topology, 'account'>, region: string, named: string): string {
  const arn = parseArn(named) ?? { region, account, resource: named };
  const id = arn.resource.startsWith('alias/') ? uuidOf(arn.resource) : arn.resource.replace('key/', '');
  return regionalArn({ service: 'kms', region: arn.region, account: arn.account, resource: `key/${id}` });
}

function keyIn({ topology: { account } }: World, region: string, asked = '') {
  const prefix = regionalArn({ service: 'kms', region, account, resource: '' });
  const name = asked.startsWith(prefix) ? asked.slice(prefix.length) : asked;
  const found = Object.entries(keys).find(([alias, { id }]) => [alias, id, `key/${id}`].includes(name))?.[1];
  if (!found) {
    const what = name.startsWith('alias/') ? `Alias ${prefix}${name}` : `Key '${prefix}key/${name}'`;
    throw awsError('NotFoundException', `${what} ${name.startsWith('alias/') ? 'is not found.' : 'does not exist'}`);
  }
  const arn = `${prefix}key/${found.id}`;
  return { ...found, arn, privateKey: found.from(hash('sha256', arn, 'buffer')) };
}
