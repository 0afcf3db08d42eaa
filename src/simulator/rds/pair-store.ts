import { reaches } from '../partition.ts';
import type { StoreTwin } from '../store-twin.ts';
import { isDescribed } from './history.ts';
import { addressAt, addressOf, takesWrites } from './instance.ts';

/** An instance and its replica. */
export const pairStore: StoreTwin<'rds-replica'> = {
  address: ({ regions }, { writer, replica }, side) =>
    addressOf((side === 'primary' ? writer : replica).identifier, regions[side]),
  takesWritesAt(world, _, address, from, ms) {
    const database = world.instances.findLast((one) => addressAt(one, ms) === address);
    return database !== undefined && reaches(world, from, database.region, ms) && takesWrites(world, database, ms);
  },
  takesWritesFrom: (world, store, from, ms) =>
    world.instances.some(
      (one) => isDescribed(store, one, ms) && reaches(world, from, one.region, ms) && takesWrites(world, one, ms),
    ),
};
