import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { planGuard } from '../guard.ts';
import type { Bucket, ObjectVersion } from '../stores-state.ts';
import { isDown, type World } from '../world.ts';
import { bodyOf, etagOf } from './body.ts';
import { bucketIn, versionIdOf, versionsIn } from './bucket.ts';
import { mayDelete, mayWrite } from './conditions.ts';
import { lockOf, mustNotBeKept } from './lock.ts';
import { checksummed, modifiedAt, versionIn } from './read.ts';
import { neverSend, replicate } from './replication.ts';

const AES = { ServerSideEncryption: 'AES256' as const };

/** Each write makes a version; `beganMs` is when its request came in. */
export const write = {
  PutObject(world: World, region: string, input: Input<'s3', 'PutObject'>, beganMs: number) {
    const bucket = bucketIn(world, region, input);
    const { bytes, crc32 } = bodyOf(input);
    const lock = lockOf(world, bucket, input);
    mayWrite(world, bucket, input, beganMs);
    const version = added(world, bucket, input.Key ?? '', {
      body: bytes.toString('base64'),
      etag: etagOf(bytes),
      crc32,
      contentType: input.ContentType ?? 'binary/octet-stream',
      metadata: { ...input.Metadata },
      lock,
    });
    replicate(world, bucket, version);
    return { ETag: version.etag, VersionId: version.versionId, ...AES, ...(crc32 !== null && checksummed(crc32)) };
  },

  CopyObject(world: World, region: string, input: Input<'s3', 'CopyObject'>, beganMs: number) {
    const bucket = bucketIn(world, region, input);
    const { from, source } = copySource(world, input.CopySource ?? '');
    const lock = lockOf(world, bucket, input);
    mayWrite(world, bucket, input, beganMs);
    const replaces = input.MetadataDirective === 'REPLACE';
    const latest = versionsIn(world, bucket).find(({ key }) => key === input.Key);
    if (from === bucket && source === latest && !replaces) {
      const message =
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
      throw awsError('InvalidRequest', message);
    }
    const { body, etag, crc32, contentType, metadata } = source;
    const version = added(world, bucket, input.Key ?? '', {
      body,
      etag,
      crc32,
      contentType: replaces ? (input.ContentType ?? 'binary/octet-stream') : contentType,
      metadata: replaces ? { ...input.Metadata } : { ...metadata },
      lock,
    });
    replicate(world, bucket, version);
    return {
      CopyObjectResult: { ETag: etag, LastModified: modifiedAt(version) },
      CopySourceVersionId: source.versionId,
      VersionId: version.versionId,
      ...AES,
    };
  },

  DeleteObject(world: World, region: string, input: Input<'s3', 'DeleteObject'>) {
    const bucket = bucketIn(world, region, input);
    const { Key = '', VersionId } = input;
    mayDelete(world, bucket, input);
    if (VersionId === undefined) {
      const nothing = { body: null, etag: '', crc32: null, contentType: '', metadata: {}, lock: null };
      return { DeleteMarker: true, VersionId: added(world, bucket, Key, nothing).versionId };
    }
    const version = versionsIn(world, bucket).find((one) => one.key === Key && one.versionId === VersionId);
    // To delete what is not there succeeds.
    if (!version) return { VersionId };
    mustNotBeKept(world, version, input.BypassGovernanceRetention);
    bucket.versions = bucket.versions.filter((one) => one !== version);
    neverSend(world, bucket, version);
    return { VersionId, ...(version.body === null && { DeleteMarker: true }) };
  },
};

type Content = Pick<ObjectVersion, 'body' | 'etag' | 'crc32' | 'contentType' | 'metadata' | 'lock'>;

function added(world: World, bucket: Bucket, key: string, content: Content): ObjectVersion {
  const kind = `object/${bucket.name}`;
  const nth = (world.calls[kind] ?? 0) + 1;
  world.calls[kind] = nth;
  const versionId = versionIdOf(bucket.name, key, 1 + nth);
  const version = { key, versionId, atMs: world.clock.nowMs(), ...content, replicated: null, copy: null };
  bucket.versions.push(version);
  if (bucket.name === world.topology.witness?.bucket) planGuard(world);
  return version;
}

/** What is to be copied, as `bucket/key` or `bucket/key?versionId=…`, from any region. */
function copySource(world: World, text: string): { from: Bucket; source: ObjectVersion } {
  const [path = '', VersionId] = text.replace(/^\//, '').split('?versionId=');
  const [name = '', ...key] = decoded(path).split('/');
  const region = world.buckets.find((one) => one.name === name)?.region ?? '';
  const from = bucketIn(world, region, { Bucket: name });
  if (isDown(world, region, world.clock.nowMs())) {
    throw awsError('ServiceUnavailable', 'Service is unable to handle request.', 503);
  }
  const source = versionIn(world, from, { Key: key.join('/'), VersionId });
  if (source.body !== null) return { from, source };
  const message = 'The source of a copy request may not specifically refer to a delete marker by version id.';
  throw VersionId === undefined
    ? awsError('NoSuchKey', 'The specified key does not exist.', 404)
    : awsError('InvalidRequest', message);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw awsError('InvalidArgument', 'Invalid copy source encoding.');
  }
}
