import { environmentsAt, tellings } from '../shop/pointed.ts';
import { variablesFor } from '../shop/users.ts';
import type { Instance } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { addressesOf, takesWritesIn } from './global-database.ts';
import { addressAt, addressOf, type RdsReplica, storeOf, takesWrites } from './instance.ts';

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
    ...tellings(world),
  ];
  return [...new Set([0, ...changes])].filter((fromMs) => fromMs <= ms).sort((a, b) => a - b);
}

/** Whether an instance has one of the two names that the topology gives its store's. */
export const isDescribed = ({ id, writer, replica }: RdsReplica, one: Instance, ms: number): boolean =>
  one.store === id &&
  [writer, replica].some(({ identifier }) => addressOf(identifier, one.region) === addressAt(one, ms));

/** Whether customers' writes come to an instance: a deployment was told to write there; where none uses its store, they are customers' own. */
export function customersPointAt(world: World, instance: Instance, ms: number): boolean {
  if (variablesFor(world.topology, instance.store).length > 0) return applicationsPointAt(world, instance, ms);
  return isDescribed(storeOf(world, instance), instance, ms);
}

/** As `customersPointAt`, of a store by the addresses of what takes its writes. */
export const customersWriteTo = (world: World, store: string, addresses: string[], ms: number): boolean =>
  variablesFor(world.topology, store).length === 0 || applicationsWriteTo(world, store, addresses, ms);

const applicationsPointAt = (world: World, instance: Instance, ms: number): boolean =>
  applicationsWriteTo(world, instance.store, [addressAt(instance, ms)], ms);

export function applicationsWriteTo(world: World, store: string, addresses: string[], ms: number): boolean {
  const variables = variablesFor(world.topology, store);
  return environmentsAt(world, ms).some((environment) =>
    variables.some((variable) => addresses.includes(environment[variable] ?? '')),
  );
}

/** Who takes the writes of a store: its own two, and restored ones that applications point at. */
export const writersOfPair = (world: World, { id, writer, replica }: RdsReplica, ms: number): string[] =>
  world.instances
    .filter((one) => one.store === id && at(one.status, ms) !== null && takesWrites(world, one, ms))
    .filter(
      (one) => [writer.identifier, replica.identifier].includes(one.identifier) || applicationsPointAt(world, one, ms),
    )
    .map(({ identifier }) => identifier);

/** The clusters of a global database that take writes, and restored ones that applications point at. */
export const writersOfGlobal = (world: World, store: string, ms: number): string[] =>
  world.aurora
    .filter((database) => database.store === store)
    .flatMap((database) =>
      database.clusters.filter(
        (cluster) =>
          takesWritesIn(world, { database, cluster }, ms) &&
          // A restored one takes customers' writes only where applications were pointed at it.
          (database.copy === null || applicationsWriteTo(world, store, addressesOf({ database, cluster }), ms)),
      ),
    )
    .map(({ cluster }) => cluster);
