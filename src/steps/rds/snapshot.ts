import type { DBSnapshot } from '@aws-sdk/client-rds';
import { regionalArn } from '../../arn.ts';
import { isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import type { StepContext } from '../step.ts';
import { DRILL_TAG } from './instance.ts';

/** A snapshot as RDS describes it; `undefined` where there is none of that name. */
export async function findSnapshot(
  { aws }: Pick<StepContext, 'aws'>,
  region: string,
  identifier: string,
): Promise<DBSnapshot | undefined> {
  try {
    const asked = { DBSnapshotIdentifier: identifier };
    return (await listOf(aws, 'rds', region, 'DescribeDBSnapshots', 'DBSnapshots', asked))[0];
  } catch (error) {
    if (isAwsError(error, 'DBSnapshotNotFound')) return undefined;
    throw error;
  }
}

/** Whether this drill made it: no other is deleted, or taken for its own. */
export const isSnapshotOf = ({ TagList }: DBSnapshot, drill: string): boolean =>
  TagList?.some(({ Key, Value }) => Key === DRILL_TAG && Value === drill) ?? false;

export const snapshotArn = (region: string, account: string, identifier: string): string =>
  regionalArn({ service: 'rds', region, account, resource: `snapshot:${identifier}` });
