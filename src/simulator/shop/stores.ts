import type { Component } from '../../components/schemas.ts';
import type { Named } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import { storeTwinOf } from '../data-stores.ts';
import { SIDES, type Side } from '../kubernetes/place.ts';
import type { World } from '../world.ts';
import { storeNamed, variablesOf } from './users.ts';

type Store = Named<Component>;

/** What a compute's deployments or services on a side find their stores by: all write where the writer is, the standby's, too. */
export function environmentOf(
  topology: Topology,
  compute: object,
  side: Side,
  writerOn: Side = 'primary',
): Record<string, string> {
  const entries = Object.entries(variablesOf(compute)).flatMap(([id, variable]) => {
    const store = storeNamed(topology, id);
    return store ? [[variable, addressOn(topology, store, isOnePerRegion(store) ? side : writerOn)]] : [];
  });
  return Object.fromEntries(entries);
}

const isOnePerRegion = (store: Store): boolean => storeTwinOf(store)?.isOnePerRegion?.(store as never) ?? false;

/** The address that takes a store's writes of a region, if one does. */
export const addressOfWriter = (world: World, store: Store, from: string, ms: number): string | undefined =>
  SIDES.map((side) => addressOn(world.topology, store, side)).find((address) =>
    takesWritesAt(world, store, address, from, ms),
  );

const addressOn = (topology: Topology, store: Store, side: Side): string =>
  storeTwinOf(store)?.address(topology, store as never, side) ?? store.id;

/** Whether what an address leads to takes the writes of pods in a region. Assumption: stores of other kinds always do. */
export const takesWritesAt = (
  world: World,
  store: Store,
  address: string | undefined,
  from: string,
  ms: number,
): boolean => storeTwinOf(store)?.takesWritesAt(world, store as never, address, from, ms) ?? true;

/** Whether a store that customers use directly takes their writes in a region, wherever its writer is. */
export function takesWritesFrom(world: World, store: Store, from: string, ms: number): boolean {
  const { takesWritesFrom: directly } = storeTwinOf(store) ?? {};
  if (directly) return directly(world, store as never, from, ms);
  if (isOnePerRegion(store)) return true;
  return SIDES.some((side) => takesWritesAt(world, store, addressOn(world.topology, store, side), from, ms));
}
