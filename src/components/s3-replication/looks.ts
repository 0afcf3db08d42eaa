import { globalArn } from '../../arn.ts';
import { isAwsError } from '../../aws/aws.ts';
import { blocker, type Finding } from '../../steps/account/findings.ts';
import { fact, type Look, type LookContext, type LookFor, rootOf, together } from '../../steps/account/look.ts';
import type { NeedOf } from '../../steps/needs.ts';
import { rulesTo } from './steps/replication-rules.ts';

type BucketNeed = NeedOf<'bucket'>;

/** A bucket: that it is there, keeps versions, and is replicated to the other one. */
export const bucketLook: LookFor<'bucket'> = {
  calls: ({ replicatesTo }) => [
    's3:GetBucketVersioning',
    ...(replicatesTo === undefined ? [] : ['s3:GetBucketReplication']),
  ],
  permissions: ({ region, bucket, replicatesTo }) =>
    ['s3:GetBucketVersioning', ...(replicatesTo === undefined ? [] : ['s3:GetReplicationConfiguration'])].map(
      (action) => ({ action, resource: globalArn({ service: 's3', region, resource: bucket }) }),
    ),
  subject: ({ bucket }) => bucket,
  async look(need, context) {
    const status = await versioningOf(need, context);
    if (status === undefined) return missing(need);
    const versioning = fact(
      { what: `${need.bucket} versioning`, topology: need.versioned ? 'Enabled' : '–', account: status },
      need.versioned && status !== 'Enabled' ? [unversioned(need, status)] : [],
    );
    if (need.replicatesTo === undefined) return versioning;
    const rules = await rulesTo(need.replicatesTo, need, context);
    const replication = fact(
      {
        what: `${need.bucket} replicates to`,
        topology: need.replicatesTo,
        account: `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'} enabled`,
      },
      rules.length === 0 ? [unreplicated(need, need.replicatesTo)] : [],
    );
    return together([versioning, replication]);
  },
};

/** `undefined` where there is no such bucket in that region. */
async function versioningOf({ region, bucket }: BucketNeed, { aws }: LookContext): Promise<string | undefined> {
  try {
    return (await aws.call('s3', region, 'GetBucketVersioning', { Bucket: bucket })).Status ?? 'off';
  } catch (error) {
    if (isAwsError(rootOf(error), 'NoSuchBucket', 'PermanentRedirect', 'AuthorizationHeaderMalformed'))
      return undefined;
    throw error;
  }
}

function missing({ region, bucket }: BucketNeed): Look {
  const row = { what: `${bucket} in ${region}`, topology: 'there', account: 'not there' };
  const why = 'The drill reads or writes objects in it.';
  const fix = `Correct the topology: aws s3api list-buckets --query 'Buckets[].Name'`;
  return { rows: [row], findings: [blocker(bucket, `there is no bucket ${bucket} in ${region}`, why, fix)] };
}

const unversioned = ({ region, bucket }: BucketNeed, status: string): Finding =>
  blocker(
    bucket,
    `versioning of ${bucket} is ${status}`,
    'Without versions, a deletion or an overwrite cannot be undone, and nothing is replicated.',
    `aws s3api put-bucket-versioning --region ${region} --bucket ${bucket} --versioning-configuration Status=Enabled`,
  );

const unreplicated = ({ region, bucket }: BucketNeed, replica: string): Finding =>
  blocker(
    bucket,
    `no enabled rule replicates ${bucket} to ${replica}`,
    'The other region would have none of the objects.',
    `See its rules: aws s3api get-bucket-replication --region ${region} --bucket ${bucket}`,
  );
