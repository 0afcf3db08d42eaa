import { listOf } from '../../aws/pages.ts';
import type { Counted } from '../../steps/account/quotas.ts';
import { INSTANCE_LOOK } from '../rds/instance.ts';

export const dbInstances: Counted = {
  of: 'db-instances',
  quota: { service: 'rds', code: 'L-7B6409FD', name: 'DB instances' },
  call: INSTANCE_LOOK,
  resources: ['db:*'],
  used: async (region, { aws }) => (await listOf(aws, 'rds', region, 'DescribeDBInstances', 'DBInstances', {})).length,
};

export const dbSnapshots: Counted = {
  of: 'db-snapshots',
  quota: { service: 'rds', code: 'L-272F1212', name: 'manual DB snapshots' },
  call: 'rds:DescribeDBSnapshots',
  resources: ['db:*', 'snapshot:*'],
  used: async (region, { aws }) =>
    (await listOf(aws, 'rds', region, 'DescribeDBSnapshots', 'DBSnapshots', { SnapshotType: 'manual' })).length,
};
