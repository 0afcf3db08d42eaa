import type { DBSnapshot } from '@aws-sdk/client-rds';
import { isArn, regionalArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import type { StepContext } from '../../../steps/step.ts';
import { type Snapshots, typeIn } from '../../rds/snapshots.ts';

/** A snapshot as RDS describes it; `undefined` where there is none of that name. */
export async function findSnapshot(
  { aws }: Pick<StepContext, 'aws'>,
  region: string,
  identifier: string,
): Promise<DBSnapshot | undefined> {
  try {
    const type = typeIn(identifier);
    const asked = { DBSnapshotIdentifier: identifier, ...(type && { SnapshotType: type }) };
    return (await listOf(aws, 'rds', region, 'DescribeDBSnapshots', 'DBSnapshots', asked))[0];
  } catch (error) {
    if (isAwsError(error, 'DBSnapshotNotFound')) return undefined;
    throw error;
  }
}

/** A snapshot that another account shares is named by its ARN already. */
export const snapshotArn = (region: string, account: string, identifier: string): string =>
  isArn(identifier) ? identifier : regionalArn({ service: 'rds', region, account, resource: `snapshot:${identifier}` });

/** Snapshots of instances. */
export const instanceSnapshots: Snapshots<DBSnapshot> = {
  sourceType: 'db-snapshot',
  find: findSnapshot,
  arn: snapshotArn,
};
