import type { Topology } from '../drill/topology.ts';
import { endpointGroupsOf, recordPolicyOf } from '../components/route53/schema.ts';
import { globalRegionOf } from '../partition.ts';
import type { Need } from '../steps/needs.ts';
import { loginByIam } from '../steps/rds/like-original.ts';

/** An instance as the preflight compares it with the account. */
const describedIn = (topology: Topology, role: 'writer' | 'replica') => {
  const { regions, database } = topology;
  const region = role === 'writer' ? regions.primary : regions.recovery;
  const instance = database[role];
  const iamLogin = loginByIam(topology);
  const { identifier, class: instanceClass, storageGib, multiAz, parameterGroup, subnetGroup } = instance;
  const { securityGroups, quarantineSecurityGroup: quarantine } = instance;
  const size = { class: instanceClass, storageGib, multiAz };
  return {
    region,
    identifier,
    ...size,
    parameterGroup,
    subnetGroup,
    securityGroups,
    quarantine,
    ...(iamLogin && { iamLogin }),
  };
};

/** The records of the public name, what they lead to, and the lever that moves customers. */
const trafficIn = ({ traffic, regions }: Topology, customersIn: 'primary' | 'recovery') => {
  const { zone, name, ttl: ttlMs, lever, primary, recovery } = traffic;
  const groups = lever === 'global-accelerator-dials' ? endpointGroupsOf(traffic) : undefined;
  const accelerator = groups
    ? {
        arn: groups.primary.split('/listener/')[0] ?? '',
        primary: { arn: groups.primary, region: regions.primary },
        recovery: { arn: groups.recovery, region: regions.recovery },
      }
    : null;
  const sides = accelerator
    ? { primary: { address: primary.address }, recovery: { address: recovery.address } }
    : { primary, recovery };
  const region = globalRegionOf('route53', regions.recovery);
  return { region, zone, name, ttlMs, lever, records: recordPolicyOf(traffic), customersIn, ...sides, accelerator };
};

const DAY = 86_400_000;

/** How many days of backups RDS is to keep: whole ones, and at least one, which is its default. */
export const retentionDaysOf = ({ database }: Topology): number =>
  Math.max(1, Math.round((database.backups.retention ?? DAY) / DAY));

/** A need with what the topology says of its thing. */
export function describedNeed(need: Need, begins: 'at-home' | 'after-failover', topology: Topology): Need {
  const { regions, database, traffic } = topology;
  switch (need.need) {
    case 'rds-instance': {
      const role = roleOf(need, topology);
      return need.state === 'serving' && role ? { ...need, described: describedIn(topology, role) } : need;
    }
    case 'rds-backups':
      return roleOf(need, topology)
        ? { ...need, retentionDays: retentionDaysOf(topology), madeBy: database.backups.by }
        : need;
    case 'rds-replication': {
      const isOurs = need.instance === database.replica.identifier && need.region === regions.recovery;
      const writer = { region: regions.primary, instance: database.writer.identifier, database: database.name };
      return isOurs ? { ...need, writer, iamLogin: loginByIam(topology) } : need;
    }
    case 'public-name':
      return need.name === traffic.name
        ? { ...need, described: trafficIn(topology, begins === 'at-home' ? 'primary' : 'recovery') }
        : need;
    default:
      return need;
  }
}

/** What the topology has an instance for. */
function roleOf(
  { region, instance }: { region: string; instance: string },
  { regions, database: { writer, replica } }: Topology,
): 'writer' | 'replica' | undefined {
  if (region === regions.primary && instance === writer.identifier) return 'writer';
  return region === regions.recovery && instance === replica.identifier ? 'replica' : undefined;
}
