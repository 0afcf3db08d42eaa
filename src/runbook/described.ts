import type { Topology } from '../drill/topology.ts';
import { endpointGroupsOf, recordPolicyOf } from '../drill/traffic.ts';
import { globalRegionOf } from '../partition.ts';
import { loginByIam } from '../steps/rds/like-original.ts';

/** An instance as the preflight compares it with the account. */
export const describedIn = (topology: Topology, role: 'writer' | 'replica') => {
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
export const trafficIn = ({ traffic, regions }: Topology) => {
  const { zone, name, ttl: ttlMs, lever, primary, recovery } = traffic;
  const groups = lever === 'global-accelerator-dials' ? endpointGroupsOf(traffic) : undefined;
  const accelerator = groups
    ? {
        arn: groups.primary.split('/listener/')[0],
        primary: { arn: groups.primary, region: regions.primary },
        recovery: { arn: groups.recovery, region: regions.recovery },
      }
    : null;
  const sides = accelerator
    ? { primary: { address: primary.address }, recovery: { address: recovery.address } }
    : { primary, recovery };
  const region = globalRegionOf('route53', regions.recovery);
  return { region, zone, name, ttlMs, lever, records: recordPolicyOf(traffic), ...sides, accelerator };
};

const DAY = 86_400_000;

/** How many days of backups RDS is to keep: whole ones, and at least one, which is its default. */
export const retentionDaysOf = ({ database }: Topology): number =>
  Math.max(1, Math.round((database.backups.retention ?? DAY) / DAY));
