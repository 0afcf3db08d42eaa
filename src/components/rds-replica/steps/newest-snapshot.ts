import { listOf } from '../../../aws/pages.ts';
import type { StepContext } from '../../../steps/step.ts';
import { NIGHTLY, type SnapshotType } from '../../recovery-point.ts';

export interface Snapshot {
  id: string;
  arn: string | undefined;
  timeMs: number;
}

/** The newest snapshot of an instance that can be restored; `undefined` where there is none. */
export async function newestSnapshot(
  region: string,
  instance: string,
  { aws }: Pick<StepContext, 'aws'>,
  types: readonly SnapshotType[] = NIGHTLY,
): Promise<Snapshot | undefined> {
  const found = await Promise.all(
    // RDS lists snapshots of AWS Backup only where they are asked for by type.
    types.map(async (type) => {
      const asked = { DBInstanceIdentifier: instance, SnapshotType: type };
      const listed = await listOf(aws, 'rds', region, 'DescribeDBSnapshots', 'DBSnapshots', asked);
      return listed
        .filter(({ Status }) => Status === 'available')
        .map((snapshot) => ({
          // What another account shares is known by its ARN only.
          id: (type === 'shared' ? snapshot.DBSnapshotArn : snapshot.DBSnapshotIdentifier) ?? '',
          arn: snapshot.DBSnapshotArn,
          // A copy holds what its original held when that one was taken.
          timeMs: (snapshot.OriginalSnapshotCreateTime ?? snapshot.SnapshotCreateTime)?.getTime() ?? 0,
        }));
    }),
  );
  return found.flat().sort((a, b) => b.timeMs - a.timeMs)[0];
}
