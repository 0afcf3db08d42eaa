import type { Input } from '../../aws/aws.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { create } from './create.ts';
import { datastore } from './datastore.ts';
import { describe } from './describe.ts';
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
  ...snapshots,
  ...create,
  ...datastore,
  ...groups,
};
