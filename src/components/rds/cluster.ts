import type { DBCluster } from '@aws-sdk/client-rds';
import { regionalArn } from '../../arn.ts';
import { type CallOptions, isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import type { StepContext } from '../../steps/step.ts';

export const clusterArn = (region: string, account: string, name: string): string =>
  regionalArn({ service: 'rds', region, account, resource: `cluster:${name}` });

/** As `clusterNow`, where there may be none of that name. */
export async function clusterOrNothing(
  region: string,
  cluster: string,
  context: Pick<StepContext, 'aws'>,
  options?: CallOptions,
): Promise<DBCluster | undefined> {
  try {
    return await clusterNow({ region, cluster }, context, options);
  } catch (error) {
    if (isAwsError(error, 'DBClusterNotFound')) return undefined;
    throw error;
  }
}

/** A cluster as RDS describes it, in its own region. */
export async function clusterNow(
  { region, cluster: identifier }: { region: string; cluster: string },
  { aws }: Pick<StepContext, 'aws'>,
  options?: CallOptions,
): Promise<DBCluster | undefined> {
  const asked = { DBClusterIdentifier: identifier };
  return (await listOf(aws, 'rds', region, 'DescribeDBClusters', 'DBClusters', asked, options))[0];
}
