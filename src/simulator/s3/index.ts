import { globalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { partitionOf } from '../../partition.ts';
import { awsError } from '../faults.ts';
import type { World } from '../world.ts';
import { bucketIn } from './bucket.ts';
import { list } from './list.ts';
import { read } from './read.ts';
import { write } from './write.ts';

/** Whose buckets S3 gives no location, as it was the only region once. */
const FIRST_REGION = 'us-east-1';

/** S3 as its API answers. Every bucket is versioned: without versions nothing could be recovered. */
export const s3 = {
  /** Asked in the partition's global region, S3 tells of buckets anywhere. */
  GetBucketLocation(world: World, region: string, input: Input<'s3', 'GetBucketLocation'>) {
    const home = world.buckets.find(({ name }) => name === input.Bucket)?.region;
    const bucket = bucketIn(world, region === partitionOf(region).implicitGlobalRegion && home ? home : region, input);
    return bucket.region === FIRST_REGION ? {} : { LocationConstraint: bucket.region };
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
