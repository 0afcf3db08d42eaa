import { componentsOf } from '../drill/components.ts';
import type { Topology } from '../drill/topology.ts';
import type { Groups, Instance } from './state.ts';

/** The network of a region, of which the shop has one each. */
export const vpcIn = (region: string): string => `vpc-${region}`;

const DEFAULT = 'default';

/** The groups that RDS and ElastiCache run with: those that the topology names, and AWS's defaults. */
export function newGroups(topology: Topology, instances: readonly Instance[]): Groups {
  const { primary, recovery } = topology.regions;
  const stores = componentsOf(topology, 'rds-replica');
  const databases = stores.flatMap(({ writer, replica, nextReplica }) => [
    { ...writer, region: primary },
    { ...replica, region: recovery },
    ...(nextReplica ? [nextReplica] : []),
  ]);
  const clusters = componentsOf(topology, 'aurora-global').flatMap((store) => [
    { ...store.primary, region: primary },
    { ...store.recovery, region: recovery },
  ]);
  const quarantines = [
    ...stores.flatMap(({ writer, replica }) => [
      { region: primary, id: writer.quarantineSecurityGroup },
      { region: recovery, id: replica.quarantineSecurityGroup },
    ]),
    ...clusters.flatMap(({ region, quarantineSecurityGroup: id }) => (id === undefined ? [] : [{ region, id }])),
  ];
  const caches = componentsOf(topology, 'elasticache-global').flatMap((cache) => [
    { ...cache.primary, region: primary },
    ...(cache.recovery ? [{ ...cache.recovery, region: recovery }] : []),
  ]);
  const regionsOf = [...new Set([primary, recovery, ...databases.map(({ region }) => region)])];
  const major = (region: string) =>
    majorOf((instances.find((one) => one.region === region) ?? instances[0])?.engineVersion);
  return {
    subnets: once([
      ...regionsOf.map((region) => ({ region, name: DEFAULT, vpc: vpcIn(region) })),
      ...databases.map(({ region, subnetGroup: name }) => ({ region, name, vpc: vpcIn(region) })),
    ]),
    parameters: once([
      ...[...databases, ...instances].map(({ region, parameterGroup: name }) => ({
        region,
        name,
        family: `postgres${major(region)}`,
      })),
      ...regionsOf.map((region) => ({
        region,
        name: `default.postgres${major(region)}`,
        family: `postgres${major(region)}`,
      })),
    ]),
    options: once([
      ...instances.map(({ region, settings }) => ({
        region,
        name: settings.OptionGroup ?? `default:postgres-${major(region)}`,
        major: major(region),
      })),
    ]),
    security: once([
      ...regionsOf.map((region) => ({ region, id: DEFAULT, vpc: vpcIn(region), letsIn: true })),
      ...[...databases, ...clusters].flatMap(({ region, securityGroups = [] }) =>
        securityGroups.map((id) => ({ region, id, vpc: vpcIn(region), letsIn: true })),
      ),
      ...quarantines.map(({ region, id }) => ({ region, id, vpc: vpcIn(region), letsIn: false })),
    ]),
    cacheSubnets: once(caches.map(({ region, subnetGroup: name }) => ({ region, name, vpc: vpcIn(region) }))),
    cacheParameters: once(caches.map(({ region, parameterGroup: name }) => ({ region, name, family: 'redis7' }))),
  };
}

/** Components share groups, and an account has each once. */
const once = <T extends object>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
];

const majorOf = (version = '17'): string => version.split('.')[0] ?? '';
