import { componentsOf } from '../../drill/components.ts';
import type { Writers } from '../store-twin.ts';
import { turnsOf } from '../timeline.ts';
import type { World } from '../world.ts';
import { writersOfDatastore } from './redis.ts';

/** Which groups of a global datastore take writes; without one, each region writes to a cache of its own. */
export function cacheWriters(world: World): Writers[] {
  const lines = world.cache.datastores.flatMap(({ members }) => members.flatMap(({ role, status }) => [role, status]));
  const changes = [...lines, ...Object.values(world.down)].flatMap((line) => turnsOf(line));
  return componentsOf(world.topology, 'elasticache-global').flatMap(({ globalDatastore: id }) =>
    id === undefined ? [] : [{ changes, at: (ms: number) => writersOfDatastore(world, id, ms) }],
  );
}
