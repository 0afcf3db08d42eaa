import { DATABASE, type Example } from '../example.ts';

const instance = (system: string, side: 'primary' | 'recovery', digit: number) => `\
  identifier: ${system}-db-${side}
  class: db.r6g.large
  storageGib: 100
  multiAz: ${side === 'primary'}
  parameterGroup: ${system}-postgres17
  subnetGroup: ${system}-private
  securityGroups: [sg-0000000000000000${digit}]
  # No inbound rule: an instance in it takes no writes.
  quarantineSecurityGroup: sg-000000000000000${digit}f`;

export const rdsReplicaExample: Example = {
  id: DATABASE,
  drills: [
    'cross-region-restore',
    'multi-az-failover',
    'partial-restore',
    'point-in-time-restore',
    'replica-promotion',
    'snapshot-restore',
    'tabletop',
  ],
  text: ({ system }) => `\
kind: rds-replica
# The database inside the instance.
database: ${system.replaceAll('-', '_')}
writer:
${instance(system, 'primary', 1)}
# Its cross-region read replica.
replica:
${instance(system, 'recovery', 2)}
backups: { window: "18:00", retention: 7 d }`,
};
