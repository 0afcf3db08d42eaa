import { loginByIam } from '../components/rds-replica/steps/like-original.ts';
import { endpointGroupsOf, recordPolicyOf } from '../components/route53/schema.ts';
import { type ComponentOf, componentsOf } from '../drill/components.ts';
import type { Topology } from '../drill/topology.ts';
import { globalRegionOf } from '../partition.ts';
import type { Need } from '../steps/needs.ts';

/** An instance as the preflight compares it with the account. */
const describedIn = (store: ComponentOf<'rds-replica'>, role: 'writer' | 'replica', regions: Topology['regions']) => {
  const region = role === 'writer' ? regions.primary : regions.recovery;
  const instance = store[role];
  const iamLogin = loginByIam(store);
  const { identifier, class: instanceClass, storageGib, multiAz, parameterGroup, subnetGroup } = instance;
  const { securityGroups, quarantineSecurityGroup: quarantine } = instance;
  const size = { class: instanceClass, storageGib, multiAz };
  return {
    region,
    identifier,
    engine: store.engine,
    ...size,
    parameterGroup,
    subnetGroup,
    securityGroups,
    quarantine,
    ...(iamLogin && { iamLogin }),
  };
};

/** The records of the public name, what they lead to, and the lever that moves customers. */
const trafficIn = (
  traffic: ComponentOf<'route53'>,
  regions: Topology['regions'],
  customersIn: 'primary' | 'recovery',
) => {
  const { zone, name, ttl: ttlMs, lever, primary, recovery, types } = traffic;
  const groups = lever === 'global-accelerator-dials' ? endpointGroupsOf(traffic) : undefined;
  const accelerator = groups
    ? {
        arn: groups.primary.split('/listener/')[0] ?? '',
        primary: { arn: groups.primary, region: regions.primary },
        recovery: { arn: groups.recovery, region: regions.recovery },
      }
    : null;
  const sideOf = (side: typeof primary) => (accelerator ? { address: side.address } : side);
  return {
    region: globalRegionOf('route53', regions.recovery),
    zone,
    name,
    private: traffic.private,
    ttlMs,
    lever,
    records: recordPolicyOf(traffic),
    ...(types && { types }),
    customersIn,
    primary: { ...sideOf(primary), region: regions.primary },
    recovery: { ...sideOf(recovery), region: regions.recovery },
    accelerator,
  };
};

const DAY = 86_400_000;

/** How many days of backups RDS is to keep: whole ones, and at least one, which is its default. */
const retentionDaysOf = ({ backups }: ComponentOf<'rds-replica'>): number =>
  Math.max(1, Math.round((backups.retention ?? DAY) / DAY));

/** A need with what the topology says of its thing. */
export function describedNeed(need: Need, begins: 'at-home' | 'after-failover', topology: Topology): Need {
  const { regions } = topology;
  switch (need.need) {
    case 'rds-instance': {
      const described = roleOf(need, topology);
      return need.state === 'serving' && described
        ? { ...need, described: describedIn(described.store, described.role, regions) }
        : need;
    }
    case 'rds-backups': {
      const store = roleOf(need, topology)?.store;
      return store ? { ...need, retentionDays: retentionDaysOf(store), madeBy: store.backups.by } : need;
    }
    case 'rds-replication': {
      const { store, role } = roleOf(need, topology) ?? {};
      if (!store || role !== 'replica') return need;
      const writer = { region: regions.primary, instance: store.writer.identifier, database: store.database };
      return { ...need, writer, iamLogin: loginByIam(store) };
    }
    case 'public-name': {
      const traffic = componentsOf(topology, 'route53').find(({ name }) => name === need.name);
      return traffic
        ? { ...need, described: trafficIn(traffic, regions, begins === 'at-home' ? 'primary' : 'recovery') }
        : need;
    }
    default:
      return need;
  }
}

/** What the topology has an instance for. */
function roleOf(
  { region, instance }: { region: string; instance: string },
  topology: Topology,
): { store: ComponentOf<'rds-replica'>; role: 'writer' | 'replica' } | undefined {
  const { regions } = topology;
  for (const store of componentsOf(topology, 'rds-replica')) {
    if (region === regions.primary && instance === store.writer.identifier) return { store, role: 'writer' };
    if (region === regions.recovery && instance === store.replica.identifier) return { store, role: 'replica' };
  }
  return undefined;
}
