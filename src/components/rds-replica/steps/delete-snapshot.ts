import { deletingSnapshot } from '../../rds/delete-snapshot.ts';
import { things } from '../needs.ts';
import { instanceSnapshots } from './snapshot.ts';

export const deleteSnapshot = deletingSnapshot({
  kind: 'rds.delete-snapshot',
  snapshots: instanceSnapshots,
  calls: ['rds:DescribeDBSnapshots', 'rds:DeleteDBSnapshot'],
  thing: things.snapshot,
  remove: ({ region, identifier }, { aws }) =>
    aws.call('rds', region, 'DeleteDBSnapshot', { DBSnapshotIdentifier: identifier }),
  missing: 'DBSnapshotNotFound',
  busy: 'InvalidDBSnapshotState',
});
