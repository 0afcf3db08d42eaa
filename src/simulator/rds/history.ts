import { componentsOf } from '../../drill/components.ts';
import { isDescribed, usersOf } from '../shop/stores.ts';
import type { Instance } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { takesWritesIn } from './global-database.ts';
import { addressAt, storeOf, takesWrites } from './instance.ts';

/** Every instant up to `ms` at which it may have changed who takes writes, ascending; the first is the world's beginning. */
export function instants(world: World, ms: number): number[] {
  const lines = world.instances.flatMap((one) => [
    one.status,
    one.source,
    one.securityGroups,
    one.open,
    one.cutOff,
    one.readOnly,
  ]);
  const ofAurora = world.aurora.flatMap(({ open, clusters }) => [
    open,
    ...clusters.flatMap(({ isWriter, securityGroups, readOnly, instances }) => [
      isWriter,
      securityGroups,
      readOnly,
      ...instances.flatMap((one) => [one.status, one.open]),
    ]),
  ]);
  const changes = [
    ...[...lines, ...ofAurora, ...Object.values(world.down), world.partition].flatMap((line) =>
      line.map(([fromMs]) => fromMs),
    ),
    ...world.deployments.flatMap(({ rollouts }) => rollouts.map(({ fromMs }) => fromMs)),
  ];
  return [...new Set([0, ...changes])].filter((fromMs) => fromMs <= ms).sort((a, b) => a - b);
}

/** Whether customers' writes come to an instance: a deployment was told to write there; where none uses its store, they are customers' own. */
export function customersPointAt(world: World, instance: Instance, ms: number): boolean {
  if (usersOf(world.topology, instance.store).length > 0) return applicationsPointAt(world, instance, ms);
  return isDescribed(storeOf(world, instance), instance, ms);
}

/** As `customersPointAt`, of a store by the addresses of what takes its writes. */
export const customersWriteTo = (world: World, store: string, addresses: string[], ms: number): boolean =>
  usersOf(world.topology, store).length === 0 || applicationsWriteTo(world, store, addresses, ms);

const applicationsPointAt = (world: World, instance: Instance, ms: number): boolean =>
  applicationsWriteTo(world, instance.store, [addressAt(instance, ms)], ms);

function applicationsWriteTo(world: World, store: string, addresses: string[], ms: number): boolean {
  const variables = usersOf(world.topology, store).map(({ uses }) => uses[store]?.variable ?? '');
  return world.deployments.some(({ rollouts }) => {
    const { environment = {} } = rollouts.findLast(({ fromMs }) => fromMs <= ms) ?? {};
    return variables.some((variable) => addresses.includes(environment[variable] ?? ''));
  });
}

/** The databases of the shop itself: a restored one joins them once applications point at it. */
const isShops = (world: World, instance: Instance, ms: number): boolean => {
  const { writer, replica } = storeOf(world, instance);
  return (
    [writer.identifier, replica.identifier].includes(instance.identifier) || applicationsPointAt(world, instance, ms)
  );
};

/** Databases that took writes of the shop at one instant. */
export interface TwoWriters {
  fromMs: number;
  writers: string[];
}

/** When first any two databases of one store took the shop's writes at once, up to now: there must be none. */
export function twoWriters(world: World): TwoWriters[] {
  const seen = new Map<string, TwoWriters>();
  const note = (fromMs: number, writers: string[]) => {
    if (writers.length > 1 && !seen.has(writers.join())) seen.set(writers.join(), { fromMs, writers });
  };
  for (const ms of instants(world, world.clock.nowMs())) {
    for (const { id } of componentsOf(world.topology, 'rds-replica')) {
      const writers = world.instances.filter(
        (one) =>
          one.store === id && at(one.status, ms) !== null && takesWrites(world, one, ms) && isShops(world, one, ms),
      );
      const names = writers.map(({ identifier }) => identifier);
      note(ms, names);
    }
    // One that the simulation lets go on is for the drill to find.
    if (world.simulation.globalCluster.oldTakesWrites) continue;
    for (const database of world.aurora) {
      const writers = database.clusters.filter((cluster) => takesWritesIn(world, { database, cluster }, ms));
      note(
        ms,
        writers.map(({ cluster }) => cluster),
      );
    }
  }
  return [...seen.values()];
}
