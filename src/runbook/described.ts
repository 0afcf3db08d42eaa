import type { Instance, Topology } from '../drill/topology.ts';

/** An instance as the preflight compares it with the account. */
export const describedIn = (region: string, instance: Instance) => {
  const { identifier, class: instanceClass, storageGib, multiAz, parameterGroup, subnetGroup } = instance;
  const { securityGroups, quarantineSecurityGroup: quarantine } = instance;
  const size = { class: instanceClass, storageGib, multiAz };
  return { region, identifier, ...size, parameterGroup, subnetGroup, securityGroups, quarantine };
};

const DAY = 86_400_000;

/** How many days of backups RDS is to keep: whole ones, and at least one. */
export const retentionDaysOf = ({ database }: Topology): number =>
  Math.max(1, Math.round(database.backups.retention / DAY));
