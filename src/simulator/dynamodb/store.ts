import { dnsSuffixOf } from '../../partition.ts';
import { reaches } from '../partition.ts';
import type { StoreTwin } from '../store-twin.ts';
import { at } from '../timeline.ts';
import { isDown, type World } from '../world.ts';
import { replicaIn } from './table.ts';

/** The tables of a store, which take writes in every region that has a replica. */
export const tablesStore: StoreTwin<'dynamodb-global-table'> = {
  address: ({ regions }, _, side) => hostIn(regions[side]),
  takesWritesAt(world, store, address, from, ms) {
    const region = Object.values(world.topology.regions).find((one) => hostIn(one) === address);
    return region !== undefined && reaches(world, from, region, ms) && takesWritesIn(world, store.tables, region, ms);
  },
  takesWritesFrom: (world, { tables }, from, ms) => takesWritesIn(world, tables, from, ms),
  isOnePerRegion: () => true,
};

const hostIn = (region: string): string => `dynamodb.${region}.${dnsSuffixOf(region)}`;

function takesWritesIn(world: World, names: readonly string[], region: string, ms: number): boolean {
  if (isDown(world, region, ms)) return false;
  return names.every((name) =>
    world.tables.some((table) => {
      const own = table.name === name ? replicaIn(table, region, ms) : undefined;
      return own !== undefined && ['ACTIVE', 'UPDATING'].includes(at(own.status, ms) ?? '');
    }),
  );
}
