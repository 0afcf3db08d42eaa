import { componentsOf } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import { PODS_PER_NODE, podsAtRest, SIDES } from '../kubernetes/place.ts';
import type { EksCluster } from '../state.ts';
import type { World } from '../world.ts';
import { nodesFromLongAgo, seriesOfCluster } from './nodes.ts';

/** Every cluster that the topology names: several computes may share one. */
export function newClusters(topology: Topology, startMs: number): EksCluster[] {
  const sides = componentsOf(topology, 'eks').flatMap((compute) => SIDES.map((side) => ({ compute, side })));
  const clusters: EksCluster[] = [];
  for (const { compute, side } of sides) {
    const region = topology.regions[side];
    const { cluster: name } = compute[side];
    if (clusters.some((one) => one.region === region && one.name === name)) continue;
    const inIt = sides.filter((one) => one.side === side && one.compute[side].cluster === name);
    // Karpenter or Auto Mode makes nodes where no node group is named.
    const withoutGroup = inIt.filter((one) => one.compute[side].nodegroup === undefined);
    const pods = withoutGroup.reduce((sum, one) => sum + podsAtRest(one.compute, side), 0);
    const series = seriesOfCluster({ region }, clusters);
    const madeForPods =
      withoutGroup.length === 0 ? null : nodesFromLongAgo(series, Math.ceil(pods / PODS_PER_NODE), startMs);
    clusters.push({ region, name, status: 'ACTIVE', version: '1.33', madeForPods });
  }
  return clusters;
}

export const clusterIn = ({ clusters }: Pick<World, 'clusters'>, region: string, name: string | undefined) =>
  clusters.find((one) => one.region === region && one.name === name);
