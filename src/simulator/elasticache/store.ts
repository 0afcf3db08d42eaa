import { reaches } from '../partition.ts';
import type { StoreTwin } from '../store-twin.ts';
import { at } from '../timeline.ts';
import { isDown } from '../world.ts';
import { membershipOf } from './datastore.ts';
import { primaryHostOf } from './group.ts';

/** A replication group, or the two that a global datastore joins. */
export const cacheStore: StoreTwin<'elasticache-global'> = {
  address: ({ regions }, store, side) =>
    primaryHostOf({ identifier: (store[side] ?? store.primary).replicationGroup, region: regions[side] }),
  takesWritesAt(world, _, address, from, ms) {
    const group = world.cache.groups.findLast((one) => primaryHostOf(one) === address && at(one.status, ms) !== null);
    return (
      group !== undefined &&
      reaches(world, from, group.region, ms) &&
      !isDown(world, group.region, ms) &&
      membershipOf(world, group, ms) !== 'SECONDARY'
    );
  },
  isOnePerRegion: ({ globalDatastore }) => globalDatastore === undefined,
};
