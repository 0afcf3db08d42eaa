import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { create } from './create.ts';
import { datastore } from './datastore.ts';
import { describe, describeNodes } from './describe.ts';
import { foundGroup } from './group.ts';
import { groups } from './groups.ts';
import { snapshots } from './snapshots.ts';

/** ElastiCache as its API answers. */
export const elasticache = {
  DescribeReplicationGroups(world: World, region: string, input: Input<'elasticache', 'DescribeReplicationGroups'>) {
    if (input.ReplicationGroupId) {
      return { ReplicationGroups: [describe(world, foundGroup(world, region, input.ReplicationGroupId))] };
    }
    const nowMs = world.clock.nowMs();
    const there = world.cache.groups.filter((one) => one.region === region && at(one.status, nowMs) !== null);
    return { ReplicationGroups: there.map((one) => describe(world, one)) };
  },
  /** The nodes of every group. */
  DescribeCacheClusters(world: World, region: string, input: Input<'elasticache', 'DescribeCacheClusters'>) {
    const nowMs = world.clock.nowMs();
    const there = world.cache.groups
      .filter((one) => one.region === region && at(one.status, nowMs) !== null)
      .flatMap((one) => describeNodes(world, one));
    const { CacheClusterId: wanted } = input;
    const found = there.filter(({ CacheClusterId }) => wanted === undefined || CacheClusterId === wanted);
    if (wanted !== undefined && found.length === 0)
      throw awsError('CacheClusterNotFound', `CacheCluster not found: ${wanted}`, 404);
    return { CacheClusters: found };
  },
  ...snapshots,
  ...create,
  ...datastore,
  ...groups,
};
