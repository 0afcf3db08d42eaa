import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { hash32 } from '../distributions.ts';
import { type AwsFault, awsError } from '../faults.ts';
import { renewed, rightBody } from '../guard.ts';
import { newArchives } from '../kubernetes/archive.ts';
import type { Bucket, ObjectVersion } from '../state.ts';
import type { World } from '../world.ts';
import { etagOf } from './body.ts';
import { hasArrived } from './replication.ts';

const DAY = 86_400_000;
/** What is in every bucket that has a replica, before anybody comes. */
const FIRST_OBJECTS = 3;

/** The buckets that the topology names, their replicas in the other region, and the one with the archives of the configuration. */
export function newBuckets(topology: Topology, simulation: Simulation, startMs: number): Bucket[] {
  const { regions, objects } = topology;
  const buckets = (objects?.buckets ?? []).flatMap(({ name, region, replica, objectLock }) => {
    const other = region === 'primary' ? regions.recovery : regions.primary;
    const createdMs = startMs - 400 * DAY;
    const versions = replica === undefined ? [] : firstObjects(name, startMs);
    const bucket = { name, region: regions[region], createdMs, objectLock, replica: replica ?? null, versions };
    if (replica === undefined) return [bucket];
    const copies = versions.slice(simulation.objectReplication.lacks).map((one) => ({
      ...one,
      copy: { of: name, sentMs: one.atMs, takesMs: 0 },
      replicated: null,
    }));
    return [bucket, { name: replica, region: other, createdMs, objectLock, replica: null, versions: copies }];
  });
  return withRight(withArchives(buckets, topology, simulation, startMs), topology, startMs);
}

/** The witness's bucket, in which it stands that the primary region may write. */
function withRight(buckets: Bucket[], { witness }: Topology, startMs: number): Bucket[] {
  if (!witness) return buckets;
  const { bucket: name, region, key } = witness;
  const body = rightBody('primary', startMs - DAY);
  const version = firstVersion(name, { key, atMs: startMs - DAY, body, contentType: 'application/json' });
  const bucket = {
    name,
    region,
    createdMs: startMs - 400 * DAY,
    objectLock: false,
    replica: null,
    versions: [version],
  };
  return [...buckets, bucket];
}

function withArchives(buckets: Bucket[], topology: Topology, simulation: Simulation, startMs: number): Bucket[] {
  const { archive } = topology.kubernetes;
  if (!archive) return buckets;
  const name = archive.bucket;
  const versions = newArchives(topology, simulation, startMs).map(({ key, atMs, body }) =>
    firstVersion(name, { key, atMs, body, contentType: 'application/gzip' }),
  );
  const known = buckets.find((one) => one.name === name);
  if (known) known.versions.push(...versions);
  if (known) return buckets;
  const region = topology.regions[archive.region];
  return [...buckets, { name, region, createdMs: startMs - 400 * DAY, objectLock: false, replica: null, versions }];
}

function firstObjects(bucket: string, startMs: number): ObjectVersion[] {
  return Array.from({ length: FIRST_OBJECTS }, (_, index) => {
    const key = `products/${1_001 + index}.json`;
    const body = Buffer.from(JSON.stringify({ product: 1_001 + index, picture: `${hash32(key)}.webp` }));
    const atMs = startMs - (30 - index) * DAY;
    const version = firstVersion(bucket, { key, atMs, body, contentType: 'application/json' });
    return { ...version, replicated: { takesMs: 0, failed: false } };
  });
}

interface First {
  key: string;
  atMs: number;
  body: Buffer;
  contentType: string;
}

const firstVersion = (bucket: string, { key, atMs, body, contentType }: First): ObjectVersion => ({
  key,
  versionId: versionIdOf(bucket, key, 1),
  atMs,
  body: body.toString('base64'),
  etag: etagOf(body),
  crc32: null,
  contentType,
  metadata: {},
  lock: null,
  replicated: null,
  copy: null,
});

/** As long and as opaque as S3's own. */
export function versionIdOf(bucket: string, key: string, nth: number): string {
  const word = (part: number) => hash32(`${bucket}/${key}#${nth}.${part}`).toString(36).padStart(7, '0');
  return `${word(1)}${word(2)}${word(3)}${word(4)}${word(5).slice(3)}`;
}

interface Asked {
  Bucket?: string | undefined;
  ExpectedBucketOwner?: string | undefined;
}

/** The bucket that a request means: it answers in its own region, to whoever expects its own owner. */
export function bucketIn(world: World, region: string, { Bucket = '', ExpectedBucketOwner }: Asked): Bucket {
  const bucket = world.buckets.find(({ name }) => name === Bucket);
  if (!bucket) throw awsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== world.topology.account) throw denied();
  if (bucket.region === region) {
    renewed(world, bucket);
    return bucket;
  }
  const message =
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.';
  throw awsError('PermanentRedirect', message, 301);
}

export const denied = (why = ''): AwsFault => awsError('AccessDenied', `Access Denied${why}`, 403);

/** All versions that a bucket holds now, by key and the newest first; what is on its way to it is not there yet. */
export function versionsIn(world: World, { versions }: Bucket): ObjectVersion[] {
  return versions
    .filter((one) => hasArrived(world, one))
    .sort((a, b) => byName(a.key, b.key) || b.atMs - a.atMs || versions.indexOf(b) - versions.indexOf(a));
}

/** S3 sorts by the bytes of UTF-8. */
export const byName = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What a key stands for now: a delete marker counts as a version, and `undefined` says there never was one. */
export const currentIn = (world: World, bucket: Bucket, key: string | undefined): ObjectVersion | undefined =>
  versionsIn(world, bucket).find((one) => one.key === key);

export const noSuchKey = (): AwsFault => awsError('NoSuchKey', 'The specified key does not exist.', 404);
