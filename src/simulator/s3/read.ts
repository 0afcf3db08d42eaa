import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { Bucket, ObjectVersion } from '../stores-state.ts';
import type { World } from '../world.ts';
import { bucketIn, currentIn, noSuchKey, versionsIn } from './bucket.ts';
import { mayRead } from './conditions.ts';
import { lockDescribed } from './lock.ts';
import { replicationStatus } from './replication.ts';

type Asked = Input<'s3', 'GetObject'> & Input<'s3', 'HeadObject'>;

export const read = {
  GetObject(world: World, region: string, input: Input<'s3', 'GetObject'>) {
    const version = objectIn(world, region, input);
    const body = Buffer.from(version.body ?? '', 'base64');
    const { from, until, ...range } = rangeOf(input.Range, body.byteLength);
    // The checksum of the whole is none of a part's.
    const whole = 'ContentRange' in range ? { ...input, ChecksumMode: undefined } : input;
    return { ...described(world, version, whole), ...range, Body: new Uint8Array(body.subarray(from, until)) };
  },

  HeadObject(world: World, region: string, input: Input<'s3', 'HeadObject'>) {
    try {
      const version = objectIn(world, region, input);
      return { ...described(world, version, input), ContentLength: sizeOf(version) };
    } catch (error) {
      // An answer to HEAD has no body to tell them apart.
      const missing = error instanceof Error && ['NoSuchKey', 'NoSuchBucket', 'NoSuchVersion'].includes(error.name);
      throw missing ? awsError('NotFound', 'Not Found', 404) : error;
    }
  },
};

function objectIn(world: World, region: string, input: Asked): ObjectVersion {
  const version = versionIn(world, bucketIn(world, region, input), input);
  if (version.body === null) {
    if (input.VersionId === undefined) throw noSuchKey();
    throw awsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  }
  mayRead(version, input);
  return version;
}

interface Which {
  Key?: string | undefined;
  VersionId?: string | undefined;
}

/** The version that is asked for by its id, or else the current one. */
export function versionIn(world: World, bucket: Bucket, { Key, VersionId }: Which): ObjectVersion {
  if (VersionId === undefined) {
    const current = currentIn(world, bucket, Key);
    if (current) return current;
    throw noSuchKey();
  }
  const version = versionsIn(world, bucket).find((one) => one.key === Key && one.versionId === VersionId);
  if (version) return version;
  throw awsError('NoSuchVersion', 'The specified version does not exist.', 404);
}

export const sizeOf = ({ body }: ObjectVersion): number => Buffer.byteLength(body ?? '', 'base64');

/** HTTP knows whole seconds only. */
export const modifiedAt = ({ atMs }: ObjectVersion): Date => new Date(Math.floor(atMs / 1000) * 1000);

function described(world: World, version: ObjectVersion, { ChecksumMode }: Asked) {
  const { versionId, etag, crc32, contentType, metadata } = version;
  const ReplicationStatus = replicationStatus(world, version);
  return {
    AcceptRanges: 'bytes',
    LastModified: modifiedAt(version),
    ETag: etag,
    VersionId: versionId,
    ContentType: contentType,
    Metadata: { ...metadata },
    ServerSideEncryption: 'AES256' as const,
    ...(ReplicationStatus && { ReplicationStatus }),
    ...(crc32 !== null && ChecksumMode === 'ENABLED' && checksummed(crc32)),
    ...lockDescribed(version),
  };
}

export const checksummed = (crc32: string) => ({ ChecksumCRC32: crc32, ChecksumType: 'FULL_OBJECT' as const });

/** The part that is asked for, as `bytes=0-99`, `bytes=100-` or `bytes=-100`; anything else means the whole. */
function rangeOf(range: string | undefined, size: number) {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === '' && last === '') return { from: 0, until: size, ContentLength: size };
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const until = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (from >= until) throw awsError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { from, until, ContentLength: until - from, ContentRange: `bytes ${from}-${until - 1}/${size}` };
}
