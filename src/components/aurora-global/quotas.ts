import { listOf } from '../../aws/pages.ts';
import type { Counted } from '../../steps/account/quotas.ts';

export const dbClusters: Counted = {
  of: 'db-clusters',
  quota: { service: 'rds', code: 'L-952B80B8', name: 'DB clusters' },
  call: 'rds:DescribeDBClusters',
  resources: ['cluster:*'],
  used: async (region, { aws }) => (await listOf(aws, 'rds', region, 'DescribeDBClusters', 'DBClusters', {})).length,
};

export const dbClusterSnapshots: Counted = {
  of: 'db-cluster-snapshots',
  quota: { service: 'rds', code: 'L-9B510759', name: 'manual DB cluster snapshots' },
  call: 'rds:DescribeDBClusterSnapshots',
  resources: ['cluster:*', 'cluster-snapshot:*'],
  used: async (region, { aws }) => {
    const asked = { SnapshotType: 'manual' };
    return (await listOf(aws, 'rds', region, 'DescribeDBClusterSnapshots', 'DBClusterSnapshots', asked)).length;
  },
};
