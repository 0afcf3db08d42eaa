import { componentsOf } from '../../drill/components.ts';
import type { Writers } from '../store-twin.ts';
import type { World } from '../world.ts';
import { instants, writersOfGlobal, writersOfPair } from './history.ts';

/** Who takes the writes of each database. */
export function databaseWriters(world: World): Writers[] {
  const changes = instants(world, world.clock.nowMs());
  return [
    ...componentsOf(world.topology, 'rds-replica').map((store) => ({
      changes,
      at: (ms: number) => writersOfPair(world, store, ms),
    })),
    ...componentsOf(world.topology, 'aurora-global').map(({ id }) => ({
      changes,
      at: (ms: number) => writersOfGlobal(world, id, ms),
    })),
  ];
}
