import { globalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { partitionOf } from '../../partition.ts';
import { awsError } from '../faults.ts';
import type { World } from '../world.ts';
import { bucketIn, byName } from './bucket.ts';
import { list } from './list.ts';
import { read } from './read.ts';
import { write } from './write.ts';

/** Whose buckets S3 gives no location, as it was the only region once. */
const FIRST_REGION = 'us-east-1';

/** S3 has an id of its own for an account. */
const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';

/** S3 as its API answers. Every bucket is versioned: without versions nothing could be recovered. */
export const s3 = {
  /** Asked in the partition's global region, S3 tells of buckets anywhere. */
  GetBucketLocation(world: World, region: string, input: Input<'s3', 'GetBucketLocation'>) {
    const home = world.buckets.find(({ name }) => name === input.Bucket)?.region;
    const bucket = bucketIn(world, region === partitionOf(region).implicitGlobalRegion && home ? home : region, input);
    return bucket.region === FIRST_REGION ? {} : { LocationConstraint: bucket.region };
  },

  /** Asked anywhere in a partition, S3 tells of the account's buckets in all of its regions. */
  ListBuckets(world: World, _region: string, { BucketRegion, Prefix = '' }: Input<'s3', 'ListBuckets'>) {
    const there = world.buckets
      .filter(({ name, region }) => name.startsWith(Prefix) && region === (BucketRegion ?? region))
      .toSorted((a, b) => byName(a.name, b.name));
    return {
      Buckets: there.map(({ name, region, createdMs }) => ({
        Name: name,
        BucketRegion: region,
        CreationDate: new Date(createdMs),
      })),
      Owner: { ID: OWNER },
      ...(Prefix !== '' && { Prefix }),
    };
  },

  GetBucketVersioning(world: World, region: string, input: Input<'s3', 'GetBucketVersioning'>) {
    bucketIn(world, region, input);
    return { Status: 'Enabled' as const };
  },

  GetBucketReplication(world: World, region: string, input: Input<'s3', 'GetBucketReplication'>) {
    const { replica } = bucketIn(world, region, input);
    if (replica === null) {
      const message = 'The replication configuration was not found';
      throw awsError('ReplicationConfigurationNotFoundError', message, 404);
    }
    const rule = {
      ID: 'everything',
      Priority: 1,
      Filter: { Prefix: '' },
      Status: 'Enabled' as const,
      Destination: { Bucket: globalArn({ service: 's3', region, resource: replica }) },
      DeleteMarkerReplication: { Status: 'Disabled' as const },
    };
    const Role = globalArn({
      service: 'iam',
      region,
      account: world.topology.account,
      resource: 'role/s3-replication',
    });
    return { ReplicationConfiguration: { Role, Rules: [rule] } };
  },

  ...list,
  ...read,
  ...write,
};
