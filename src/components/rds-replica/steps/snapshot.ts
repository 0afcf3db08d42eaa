import type { DBSnapshot } from '@aws-sdk/client-rds';
import { isArn, regionalArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import type { StepContext } from '../../../steps/step.ts';
import type { SnapshotType } from '../../recovery-point.ts';

/** A snapshot as RDS describes it; `undefined` where there is none of that name. */
export async function findSnapshot(
  { aws }: Pick<StepContext, 'aws'>,
  region: string,
  identifier: string,
): Promise<DBSnapshot | undefined> {
  try {
    const type = typeOf(identifier);
    const asked = { DBSnapshotIdentifier: identifier, ...(type && { SnapshotType: type }) };
    return (await listOf(aws, 'rds', region, 'DescribeDBSnapshots', 'DBSnapshots', asked))[0];
  } catch (error) {
    if (isAwsError(error, 'DBSnapshotNotFound')) return undefined;
    throw error;
  }
}

/** RDS wants to know the type of a snapshot that nobody asked for; its name tells it. */
const typeOf = (identifier: string): string | undefined =>
  ({ rds: 'automated', awsbackup: 'awsbackup' })[identifier.split(':')[0] ?? ''];

/** A snapshot that another account shares is named by its ARN already. */
export const snapshotArn = (region: string, account: string, identifier: string): string =>
  isArn(identifier) ? identifier : regionalArn({ service: 'rds', region, account, resource: `snapshot:${identifier}` });

/** What a snapshot may be called before it has been chosen: RDS and AWS Backup name theirs themselves. */
export const snapshotPatterns = (
  region: string,
  account: string,
  instance: string,
  types: readonly SnapshotType[],
): string[] => [
  ...(types.includes('automated') ? [snapshotArn(region, account, `rds:${instance}-*`)] : []),
  // AWS Backup names them by its job, not by the instance.
  ...(types.includes('awsbackup') ? [snapshotArn(region, account, 'awsbackup:job-*')] : []),
  ...(types.includes('manual') ? [snapshotArn(region, account, '*')] : []),
  ...(types.includes('shared') ? [snapshotArn(region, '*', '*')] : []),
];
