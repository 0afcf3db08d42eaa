import { listOf } from '../../aws/pages.ts';
import type { StepContext } from '../step.ts';

export interface Snapshot {
  id: string;
  arn: string | undefined;
  timeMs: number;
}

/** The newest automated snapshot of an instance that can be restored; `undefined` where there is none. */
export async function newestSnapshot(
  region: string,
  instance: string,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<Snapshot | undefined> {
  const asked = { DBInstanceIdentifier: instance, SnapshotType: 'automated' };
  return (await listOf(aws, 'rds', region, 'DescribeDBSnapshots', 'DBSnapshots', asked))
    .filter(({ Status }) => Status === 'available')
    .map((snapshot) => ({
      id: snapshot.DBSnapshotIdentifier ?? '',
      arn: snapshot.DBSnapshotArn,
      timeMs: snapshot.SnapshotCreateTime?.getTime() ?? 0,
    }))
    .sort((a, b) => b.timeMs - a.timeMs)[0];
}
