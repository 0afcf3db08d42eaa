import { componentsOf } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import { once, vpcIn } from '../groups.ts';
import type { Groups, Instance } from '../state.ts';
import { defaultOptions, defaultParameters, engines, familyOf, majorOf } from './engines.ts';

const DEFAULT = 'default';

/** The groups that RDS runs with: those that the topology names, and AWS's defaults. */
export function newDatabaseGroups(
  topology: Topology,
  instances: readonly Instance[],
): Omit<Groups, 'cacheSubnets' | 'cacheParameters'> {
  const { primary, recovery } = topology.regions;
  const stores = componentsOf(topology, 'rds-replica');
  const databases = stores.flatMap(({ id: store, writer, replica, nextReplica }) => [
    { ...writer, store, region: primary },
    { ...replica, store, region: recovery },
    ...(nextReplica ? [{ ...nextReplica, store }] : []),
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
  const regionsOf = [...new Set([primary, recovery, ...databases.map(({ region }) => region)])];
  /** What runs in a region: of a store that has nothing there yet, what its writer runs. */
  const runs = (region: string, store: string) =>
    instances.find((one) => one.region === region && one.store === store) ??
    instances.find((one) => one.store === store) ?? { engine: 'postgres' as const, engineVersion: '17' };
  const everywhere = regionsOf.flatMap((region) =>
    (stores.length > 0 ? stores : [{ id: '' }]).map(({ id }) => ({ region, of: runs(region, id) })),
  );
  return {
    subnets: once([
      ...regionsOf.map((region) => ({ region, name: DEFAULT, vpc: vpcIn(region) })),
      ...databases.map(({ region, subnetGroup: name }) => ({ region, name, vpc: vpcIn(region) })),
    ]),
    parameters: once([
      ...[...databases, ...instances].map(({ region, store, parameterGroup: name }) => ({
        region,
        name,
        family: familyOf(runs(region, store)),
      })),
      ...everywhere.map(({ region, of }) => ({ region, name: defaultParameters(of), family: familyOf(of) })),
    ]),
    options: once([
      ...instances.map((one) => ({
        region: one.region,
        name: one.settings.OptionGroup ?? defaultOptions(one),
        engine: engines[one.engine].name,
        major: majorOf(one),
      })),
    ]),
    security: once([
      ...regionsOf.map((region) => ({ region, id: DEFAULT, vpc: vpcIn(region), letsIn: true })),
      ...[...databases, ...clusters].flatMap(({ region, securityGroups = [] }) =>
        securityGroups.map((id) => ({ region, id, vpc: vpcIn(region), letsIn: true })),
      ),
      ...stores.flatMap(({ writer, replica }) =>
        [
          { region: primary, id: writer.readerSecurityGroup },
          { region: recovery, id: replica.readerSecurityGroup },
        ].flatMap(({ region, id }) => (id === undefined ? [] : [{ region, id, vpc: vpcIn(region), letsIn: true }])),
      ),
      ...quarantines.map(({ region, id }) => ({ region, id, vpc: vpcIn(region), letsIn: false })),
    ]),
  };
}
