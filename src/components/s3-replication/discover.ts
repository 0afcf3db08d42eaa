import { nameIn } from '../../arn.ts';
import { type Aws, isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { commonName, type Discover, without } from '../discovery.ts';

/** Every bucket of one region that is replicated to a bucket of the other. */
export const discoverBuckets: Discover<'s3-replication'> = async (aws, { primary, recovery }) => {
  const [here, there] = await Promise.all([bucketsIn(aws, primary), bucketsIn(aws, recovery)]);
  const sides = [
    { side: 'primary', region: primary, own: here, other: there },
    { side: 'recovery', region: recovery, own: there, other: here },
  ] as const;
  const pairs: { bucket: string; replica: string; side: 'primary' | 'recovery' }[] = [];
  const unreadable: string[] = [];
  for (const { side, region, own, other } of sides) {
    for (const bucket of own) {
      // Where both replicate to each other, the primary's is the one.
      if (pairs.some(({ replica }) => replica === bucket)) continue;
      const replicas = await replicasOf(aws, region, bucket);
      if (replicas === undefined) unreadable.push(bucket);
      pairs.push(...other.filter((one) => replicas?.includes(one)).map((replica) => ({ bucket, replica, side })));
    }
  }
  return {
    found: pairs.map(({ bucket, replica, side }) => ({
      id: commonName(bucket, replica),
      component: {
        kind: 's3-replication' as const,
        bucket,
        ...(side === 'recovery' && { region: side }),
        replica,
      },
    })),
    passedOver: without('buckets whose replication may not be read', unreadable),
  };
};

const bucketsIn = async (aws: Aws, region: string): Promise<string[]> =>
  (await listOf(aws, 's3', region, 'ListBuckets', 'Buckets', { BucketRegion: region })).flatMap(
    ({ Name, BucketRegion = region }) => (Name !== undefined && BucketRegion === region ? [Name] : []),
  );

/** The buckets that enabled rules replicate to; undefined where nobody may ask. */
async function replicasOf(aws: Aws, region: string, Bucket: string): Promise<string[] | undefined> {
  try {
    const { ReplicationConfiguration } = await aws.call('s3', region, 'GetBucketReplication', { Bucket });
    return (ReplicationConfiguration?.Rules ?? []).flatMap(({ Status, Destination }) =>
      Status === 'Enabled' && Destination?.Bucket !== undefined ? [nameIn(Destination.Bucket)] : [],
    );
  } catch (error) {
    if (isAwsError(error, 'ReplicationConfigurationNotFoundError')) return [];
    if (isAwsError(error, 'AccessDenied')) return undefined;
    throw error;
  }
}
