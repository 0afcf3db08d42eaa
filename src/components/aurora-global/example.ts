import { DATABASE, type Example } from '../example.ts';

export const auroraGlobalExample: Example = {
  id: DATABASE,
  text: ({ system }) => `\
kind: aurora-global
# The database inside the clusters.
database: ${system.replaceAll('-', '_')}
globalCluster: ${system}-global
primary: { cluster: ${system}-aurora-primary, instance: ${system}-aurora-primary-1 }
recovery: { cluster: ${system}-aurora-recovery, instance: ${system}-aurora-recovery-1 }`,
};
