import { componentsOf } from '../../drill/components.ts';
import type { Instance } from '../state.ts';
import type { World } from '../world.ts';
import { instanceIn } from './instance.ts';

/** The topology's instances in a region: those of all stores. */
export const instancesIn = (world: World, region: string): Instance[] =>
  componentsOf(world.topology, 'rds-replica').flatMap(({ writer, replica }) => {
    const { identifier } = region === world.topology.regions.primary ? writer : replica;
    return instanceIn(world, region, identifier) ?? [];
  });

/** What takes the writes in the primary region as the topology has it: instances, and clusters. */
export function writersAtHome(world: World): Pick<Instance, 'readOnly'>[] {
  const { primary } = world.topology.regions;
  const clusters = world.aurora.flatMap((one) => one.clusters.find(({ region }) => region === primary) ?? []);
  return [...instancesIn(world, primary), ...clusters];
}
