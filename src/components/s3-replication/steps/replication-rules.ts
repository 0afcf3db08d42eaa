import { isAwsError } from '../../../aws/aws.ts';
import type { StepContext } from '../../../steps/step.ts';

/** The rules in force that replicate a bucket to another one. */
export async function rulesTo(
  replica: string,
  { region, bucket }: { region: string; bucket: string },
  context: Pick<StepContext, 'aws'>,
) {
  return (await rulesOf(region, bucket, context)).filter(
    (rule) => rule.Status === 'Enabled' && rule.Destination?.Bucket?.endsWith(`:::${replica}`),
  );
}

async function rulesOf(region: string, bucket: string, { aws }: Pick<StepContext, 'aws'>) {
  try {
    const { ReplicationConfiguration } = await aws.call('s3', region, 'GetBucketReplication', { Bucket: bucket });
    return ReplicationConfiguration?.Rules ?? [];
  } catch (error) {
    if (isAwsError(error, 'ReplicationConfigurationNotFoundError')) return [];
    throw error;
  }
}
