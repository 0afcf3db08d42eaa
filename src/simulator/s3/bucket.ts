import type { S3Replication } from '../../components/s3-replication/schema.ts';
import type { Witness } from '../../components/witness/schema.ts';
import { componentsOf } from '../../drill/components.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { hash32 } from '../distributions.ts';
import { type AwsFault, awsError } from '../faults.ts';
import { renewed, rightBody } from '../guard.ts';
import { newArchives } from '../kubernetes/archive.ts';
import type { Bucket, ObjectVersion } from '../stores-state.ts';
import type { World } from '../world.ts';
import { etagOf } from './body.ts';
import { hasArrived } from './replication.ts';

const DAY = 86_400_000;
/** What is in every bucket that has a replica, before anyone comes. */
const FIRST_OBJECTS = 3;

/** The buckets that the topology names: those with a replica in the other region, and those of evidence, of archives and of the witness. */
export function newBuckets(topology: Topology, simulation: Simulation, startMs: number): Bucket[] {
  const buckets = componentsOf(topology, 's3-replication').flatMap((one) =>
    newPair(topology, one, simulation, startMs),
  );
  // A bucket may have several purposes.
  const add = (name: string, region: string, more: Partial<Bucket>) => {
    const known = buckets.find((one) => one.name === name);
    if (known) Object.assign(known, more, { versions: [...known.versions, ...(more.versions ?? [])] });
    else buckets.push({ ...emptyBucket(name, region, startMs), ...more });
  };
  const { evidence, witness, regions } = topology;
  if (evidence) add(evidence.bucket, regions[evidence.region], { objectLock: evidence.objectLock });
  for (const archive of componentsOf(topology, 'configuration-archive')) {
    const versions = newArchives(topology, archive, simulation, startMs).map(({ key, atMs, body }) =>
      firstVersion(archive.bucket, { key, atMs, body, contentType: 'application/gzip' }),
    );
    add(archive.bucket, regions[archive.region], { versions });
  }
  if (witness) add(witness.bucket, witness.region, { versions: [firstRight(witness, startMs)] });
  return buckets;
}

const emptyBucket = (name: string, region: string, startMs: number): Bucket => ({
  name,
  region,
  createdMs: startMs - 400 * DAY,
  objectLock: false,
  replica: null,
  versions: [],
});

function newPair(
  { regions }: Topology,
  { bucket: name, region, replica }: S3Replication,
  { objectReplication }: Simulation,
  startMs: number,
): Bucket[] {
  const versions = firstObjects(name, startMs);
  const copies = versions.slice(objectReplication.lacks).map((one) => ({
    ...one,
    copy: { of: name, sentMs: one.atMs, takesMs: 0 },
    replicated: null,
  }));
  const other = region === 'primary' ? regions.recovery : regions.primary;
  return [
    { ...emptyBucket(name, regions[region], startMs), replica, versions },
    { ...emptyBucket(replica, other, startMs), versions: copies },
  ];
}

/** That the primary region may write. */
function firstRight({ bucket, key }: Witness, startMs: number): ObjectVersion {
  const atMs = startMs - DAY;
  return firstVersion(bucket, { key, atMs, body: rightBody('primary', atMs), contentType: 'application/json' });
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

export const firstVersion = (bucket: string, { key, atMs, body, contentType }: First): ObjectVersion => ({
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

/** The bucket that a request means: it answers in its own region, to anyone who expects its own owner. */
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

/** What a key represents now: a delete marker counts as a version, and `undefined` says there never was one. */
export const currentIn = (world: World, bucket: Bucket, key: string | undefined): ObjectVersion | undefined =>
  versionsIn(world, bucket).find((one) => one.key === key);

export const noSuchKey = (): AwsFault => awsError('NoSuchKey', 'The specified key does not exist.', 404);
