import { DATABASE, type Example } from '../example.ts';

const cluster = (system: string, side: 'primary' | 'recovery', digit: number) => `\
  cluster: ${system}-aurora-${side}
  instances: [{ identifier: ${system}-aurora-${side}-1, class: db.r6g.large }]
  securityGroups: [sg-0000000000000000${digit}]
  # No inbound rule: a cluster in it takes no writes.
  quarantineSecurityGroup: sg-000000000000000${digit}f`;

export const auroraGlobalExample: Example = {
  id: DATABASE,
  drills: ['aurora-global-failover', 'aurora-global-switchover'],
  text: ({ system }) => `\
kind: aurora-global
# postgres or mysql.
engine: postgres
# The database inside the clusters.
database: ${system.replaceAll('-', '_')}
globalCluster: ${system}-global
primary:
${cluster(system, 'primary', 1)}
recovery:
${cluster(system, 'recovery', 2)}`,
};
