import { componentsOf } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import { once, vpcIn } from '../groups.ts';
import type { Groups } from '../state.ts';

/** The groups that ElastiCache runs with: those that the topology names. */
export function newCacheGroups(topology: Topology): Pick<Groups, 'cacheSubnets' | 'cacheParameters'> {
  const { primary, recovery } = topology.regions;
  const caches = componentsOf(topology, 'elasticache-global').flatMap((cache) => [
    { ...cache.primary, region: primary },
    ...(cache.recovery ? [{ ...cache.recovery, region: recovery }] : []),
  ]);
  return {
    cacheSubnets: once(caches.map(({ region, subnetGroup: name }) => ({ region, name, vpc: vpcIn(region) }))),
    cacheParameters: once(caches.map(({ region, parameterGroup: name }) => ({ region, name, family: 'redis7' }))),
  };
}
