import type { Past } from '../past.ts';
import type { World } from '../world.ts';

/** The groups of each global datastore have taken each other's place. */
export function rolesTurned({ cache }: World, { promotedMs }: Past): void {
  for (const { role } of cache.datastores.flatMap(({ members }) => members))
    role.push([promotedMs, role[0]?.[1] === 'PRIMARY' ? 'SECONDARY' : 'PRIMARY']);
}
