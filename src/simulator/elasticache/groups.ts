import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { World } from '../world.ts';

/** The groups that ElastiCache puts nodes into. */
export const groups = {
  DescribeCacheSubnetGroups(
    world: World,
    region: string,
    { CacheSubnetGroupName: name }: Input<'elasticache', 'DescribeCacheSubnetGroups'>,
  ) {
    const found = world.groups.cacheSubnets.filter((one) => one.region === region && (!name || one.name === name));
    if (name && found.length === 0)
      throw awsError('CacheSubnetGroupNotFoundFault', `Cache Subnet Group ${name} does not exist.`);
    return { CacheSubnetGroups: found.map((one) => ({ CacheSubnetGroupName: one.name, VpcId: one.vpc })) };
  },

  DescribeCacheParameterGroups(
    world: World,
    region: string,
    { CacheParameterGroupName: name }: Input<'elasticache', 'DescribeCacheParameterGroups'>,
  ) {
    const found = world.groups.cacheParameters.filter((one) => one.region === region && (!name || one.name === name));
    if (name && found.length === 0)
      throw awsError('CacheParameterGroupNotFound', `CacheParameterGroup not found: ${name}`, 404);
    return {
      CacheParameterGroups: found.map((one) => ({
        CacheParameterGroupName: one.name,
        CacheParameterGroupFamily: one.family,
        Description: one.name,
      })),
    };
  },
};
