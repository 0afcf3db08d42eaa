import { deletingSnapshot } from '../../rds/delete-snapshot.ts';
import { things } from '../needs.ts';
import { clusterSnapshots } from './cluster-snapshot.ts';

export const deleteClusterSnapshot = deletingSnapshot({
  kind: 'rds.delete-cluster-snapshot',
  snapshots: clusterSnapshots,
  calls: ['rds:DescribeDBClusterSnapshots', 'rds:DeleteDBClusterSnapshot'],
  thing: things.snapshot,
  remove: ({ region, identifier }, { aws }) =>
    aws.call('rds', region, 'DeleteDBClusterSnapshot', { DBClusterSnapshotIdentifier: identifier }),
  missing: 'DBClusterSnapshotNotFound',
  busy: 'InvalidDBClusterSnapshotState',
});
