import type { Component } from '../../components/schemas.ts';
import { allComponents, type ComponentOf, componentsOf, type Named } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import { membershipOf } from '../elasticache/datastore.ts';
import { primaryHostOf } from '../elasticache/group.ts';
import { SIDES, type Side } from '../kubernetes/place.ts';
import { isCut } from '../partition.ts';
import { endpointOf, globalEndpointOf, takesWritesIn, writerAt } from '../rds/global-database.ts';
import { addressAt, addressOf, takesWrites } from '../rds/instance.ts';
import type { Instance } from '../state.ts';
import type { GlobalDatabase } from '../stores-state.ts';
import { at } from '../timeline.ts';
import { isDown, type World } from '../world.ts';

type Store = Named<Component>;

/** What a compute's deployments on a side find their stores by: all write where the writer is, the standby's, too. */
export function environmentOf(
  topology: Topology,
  { uses }: ComponentOf<'eks'>,
  side: Side,
  writerOn: Side = 'primary',
): Record<string, string> {
  const entries = Object.entries(uses).flatMap(([id, { variable }]) => {
    const store = storeNamed(topology, id);
    return store ? [[variable, addressOn(topology, store, isOnePerRegion(store) ? side : writerOn)]] : [];
  });
  return Object.fromEntries(entries);
}

/** A cache without a global datastore takes writes in each region for itself. */
const isOnePerRegion = (store: Store): boolean =>
  store.kind === 'elasticache-global' && store.globalDatastore === undefined;

export const storeNamed = (topology: Topology, id: string): Store | undefined =>
  allComponents(topology).find((one) => one.id === id);

/** Where a store's writer of a side is found. */
function addressOn({ regions }: Topology, store: Store, side: Side): string {
  const region = regions[side];
  switch (store.kind) {
    case 'rds-replica':
      return addressOf(store[side === 'primary' ? 'writer' : 'replica'].identifier, region);
    case 'aurora-global':
      return store.reachedBy === 'global-endpoint'
        ? globalEndpointOf(store.globalCluster, region)
        : endpointOf({ cluster: store[side].cluster, region });
    case 'elasticache-global':
      return primaryHostOf({ identifier: (store[side] ?? store.primary).replicationGroup, region });
    default:
      return store.id;
  }
}

/** Whether what an address leads to takes the writes of pods in a region. Assumption: stores of other kinds always do. */
export function takesWritesAt(
  world: World,
  store: Store,
  address: string | undefined,
  from: string,
  ms: number,
): boolean {
  if (store.kind === 'rds-replica') {
    const database = world.instances.findLast((one) => addressAt(one, ms) === address);
    return database !== undefined && reaches(world, from, database.region, ms) && takesWrites(world, database, ms);
  }
  if (store.kind === 'aurora-global') {
    const found = clusterAt(world, store, address, ms);
    return found !== undefined && reaches(world, from, found.cluster.region, ms) && takesWritesIn(world, found, ms);
  }
  if (store.kind === 'elasticache-global') {
    const group = world.cache.groups.findLast((one) => primaryHostOf(one) === address && at(one.status, ms) !== null);
    return (
      group !== undefined &&
      reaches(world, from, group.region, ms) &&
      !isDown(world, group.region, ms) &&
      membershipOf(world, group, ms) !== 'SECONDARY'
    );
  }
  return true;
}

/** Whether a store that customers use directly takes their writes in a region, wherever its writer is. */
export function takesWritesFrom(world: World, store: Store, from: string, ms: number): boolean {
  if (store.kind === 'rds-replica')
    return world.instances.some(
      (one) => isDescribed(store, one, ms) && reaches(world, from, one.region, ms) && takesWrites(world, one, ms),
    );
  if (isOnePerRegion(store)) return true;
  return SIDES.some((side) => takesWritesAt(world, store, addressOn(world.topology, store, side), from, ms));
}

/** Whether an instance has one of the two names that the topology gives its store's. */
export const isDescribed = ({ id, writer, replica }: ComponentOf<'rds-replica'>, one: Instance, ms: number): boolean =>
  one.store === id &&
  [writer, replica].some(({ identifier }) => addressOf(identifier, one.region) === addressAt(one, ms));

const reaches = (world: World, from: string, to: string, ms: number): boolean => from === to || !isCut(world, ms);

/** The Aurora cluster that an address leads to. */
function clusterAt(world: World, store: ComponentOf<'aurora-global'>, address: string | undefined, ms: number) {
  const database = world.aurora.find(({ id }) => id === store.globalCluster) as GlobalDatabase;
  const isGlobal = address === globalEndpointOf(database.id, world.topology.regions.primary);
  const cluster = isGlobal ? writerAt(database, ms) : database.clusters.find((one) => endpointOf(one) === address);
  return cluster && { database, cluster };
}

/** Every store without which customers cannot be served, where nothing in the topology says what uses it. */
export const essentialStores = (topology: Topology): Store[] =>
  allComponents(topology).filter((one) => 'essential' in one && one.essential);

/** The computes that write to a store. */
export const usersOf = (topology: Topology, store: string): ComponentOf<'eks'>[] =>
  componentsOf(topology, 'eks').filter(({ uses }) => store in uses);
