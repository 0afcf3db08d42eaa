import type { ComponentOf } from '../../drill/components.ts';
import { reaches } from '../partition.ts';
import type { StoreTwin } from '../store-twin.ts';
import type { GlobalDatabase } from '../stores-state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { endpointOf, globalEndpointOf, takesWritesIn, writerAt } from './global-database.ts';

/** A global database, whose clusters take each other's place. */
export const globalStore: StoreTwin<'aurora-global'> = {
  address: ({ regions }, store, side) =>
    store.reachedBy === 'global-endpoint'
      ? globalEndpointOf(store.globalCluster, regions[side])
      : endpointOf({ cluster: store[side].cluster, region: regions[side] }),
  takesWritesAt(world, store, address, from, ms) {
    const found = clusterAt(world, store, address, ms);
    return found !== undefined && reaches(world, from, found.cluster.region, ms) && takesWritesIn(world, found, ms);
  },
};

/** The cluster that an address leads to. */
function clusterAt(world: World, store: ComponentOf<'aurora-global'>, address: string | undefined, ms: number) {
  const mine = world.aurora.filter((one) => one.store === store.id);
  const own = mine.find(({ copy }) => copy === null) as GlobalDatabase;
  if (address === globalEndpointOf(own.id, world.topology.regions.primary)) {
    const cluster = writerAt(own, ms);
    return cluster && { database: own, cluster };
  }
  return mine
    .flatMap((database) => database.clusters.map((cluster) => ({ database, cluster })))
    .findLast(({ cluster }) => endpointOf(cluster) === address && at(cluster.status, ms) !== null);
}
