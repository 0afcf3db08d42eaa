import { listOf } from '../../aws/pages.ts';
import type { Counted } from '../../steps/account/quotas.ts';

/** A group that a drill makes has one node. */
export const cacheNodes: Counted = {
  of: 'cache-nodes',
  quota: { service: 'elasticache', code: 'L-DFE45DF3', name: 'cache nodes' },
  call: 'elasticache:DescribeReplicationGroups',
  resources: ['replicationgroup:*'],
  used: async (region, { aws }) => {
    const groups = await listOf(aws, 'elasticache', region, 'DescribeReplicationGroups', 'ReplicationGroups', {});
    return groups.reduce((sum, { MemberClusters = [] }) => sum + MemberClusters.length, 0);
  },
};
