import type { Topology } from '../drill/topology.ts';
import type { Groups, Instance } from './state.ts';

/** The network of a region, of which the shop has one each. */
export const vpcIn = (region: string): string => `vpc-${region}`;

const DEFAULT = 'default';

/** The groups that RDS and ElastiCache run with: those that the topology names, and AWS's defaults. */
export function newGroups({ regions, database, cache }: Topology, pair: readonly Instance[]): Groups {
  const { writer, replica, nextReplica } = database;
  const databases = [
    { ...writer, region: regions.primary },
    { ...replica, region: regions.recovery },
    ...(nextReplica ? [nextReplica] : []),
  ];
  const regionsOf = [...new Set([...Object.values(regions), ...databases.map(({ region }) => region)])];
  const caches = Object.values(regions).flatMap((region, index) => {
    const group = cache?.[index === 0 ? 'primary' : 'recovery'];
    return group ? [{ ...group, region }] : [];
  });
  const major = (region: string) => majorOf((pair.find((one) => one.region === region) ?? pair[0])?.engineVersion);
  return {
    subnets: [
      ...regionsOf.map((region) => ({ region, name: DEFAULT, vpc: vpcIn(region) })),
      ...databases.map(({ region, subnetGroup: name }) => ({ region, name, vpc: vpcIn(region) })),
    ],
    parameters: [
      ...[...databases, ...pair].map(({ region, parameterGroup: name }) => ({
        region,
        name,
        family: `postgres${major(region)}`,
      })),
      ...regionsOf.map((region) => ({
        region,
        name: `default.postgres${major(region)}`,
        family: `postgres${major(region)}`,
      })),
    ],
    options: [
      ...pair.map(({ region, settings }) => ({
        region,
        name: settings.OptionGroup ?? `default:postgres-${major(region)}`,
        major: major(region),
      })),
    ],
    security: [
      ...regionsOf.map((region) => ({ region, id: DEFAULT, vpc: vpcIn(region), letsIn: true })),
      ...databases.flatMap(({ region, securityGroups }) =>
        securityGroups.map((id) => ({ region, id, vpc: vpcIn(region), letsIn: true })),
      ),
      ...[writer, replica].map(({ quarantineSecurityGroup: id }, index) => {
        const region = Object.values(regions)[index] as string;
        return { region, id, vpc: vpcIn(region), letsIn: false };
      }),
    ],
    cacheSubnets: caches.map(({ region, subnetGroup: name }) => ({ region, name, vpc: vpcIn(region) })),
    cacheParameters: caches.map(({ region, parameterGroup: name }) => ({ region, name, family: 'redis7' })),
  };
}

const majorOf = (version = '17'): string => version.split('.')[0] ?? '';
