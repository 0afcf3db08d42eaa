import type { Instance } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { addressAt, takesWrites } from './instance.ts';

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
  const changes = [
    ...[...lines, ...Object.values(world.down), world.partition].flatMap((line) => line.map(([fromMs]) => fromMs)),
    ...world.deployments.flatMap(({ rollouts }) => rollouts.map(({ fromMs }) => fromMs)),
  ];
  return [...new Set([0, ...changes])].filter((fromMs) => fromMs <= ms).sort((a, b) => a - b);
}

/** Whether any deployment was told to write to an instance. */
export function applicationsPointAt(world: World, instance: Instance, ms: number): boolean {
  const variable = world.topology.kubernetes.writerVariable;
  return world.deployments.some(
    ({ rollouts }) =>
      rollouts.findLast(({ fromMs }) => fromMs <= ms)?.environment[variable] === addressAt(instance, ms),
  );
}

/** The databases of the shop itself: a restored one joins them once applications point at it. */
const isShops = (world: World, instance: Instance, ms: number): boolean =>
  [world.topology.database.writer.identifier, world.topology.database.replica.identifier].includes(
    instance.identifier,
  ) || applicationsPointAt(world, instance, ms);

/** Databases that took writes of the shop at one instant. */
export interface TwoWriters {
  fromMs: number;
  writers: string[];
}

/** When first any two of the shop's databases took writes at once, up to now: there must be none. */
export function twoWriters(world: World): TwoWriters[] {
  const seen = new Map<string, TwoWriters>();
  for (const ms of instants(world, world.clock.nowMs())) {
    const writers = world.instances.filter(
      (one) => at(one.status, ms) !== null && takesWrites(world, one, ms) && isShops(world, one, ms),
    );
    const names = writers.map(({ identifier }) => identifier);
    if (names.length > 1 && !seen.has(names.join())) seen.set(names.join(), { fromMs: ms, writers: names });
  }
  return [...seen.values()];
}
