import { objectOf } from '../components/index.ts';
import { healthChecksOf } from '../components/witness/world-view.ts';
import { globalRegionOf } from '../partition.ts';
import { allComponents } from './components.ts';
import type { Topology } from './topology.ts';

/** The regions that a drill may call. */
export const regionsOf = (topology: Topology): string[] => {
  const { regions, witness } = topology;
  const all = [
    regions.primary,
    regions.recovery,
    globalRegionOf('iam', regions.recovery),
    ...(witness ? [witness.region, healthChecksOf(witness, regions.recovery).region] : []),
    ...allComponents(topology).flatMap((one) => objectOf(one).regions?.(one as never, regions) ?? []),
  ];
  return [...new Set(all)];
};
