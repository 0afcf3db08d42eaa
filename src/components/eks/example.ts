import { DATABASE, type Example } from '../example.ts';

const cluster = (system: string, side: 'primary' | 'recovery', size: number) => `\
  cluster: ${system}-${side}
  # Leave these two out where Karpenter or Auto Mode makes nodes.
  nodegroup: ${system}-${side}-workers
  nodes: { min: ${size}, desired: ${size}, max: 12 }`;

export const eksExample: Example = {
  id: 'applications',
  drills: ['configuration-restore', 'kafka-failover'],
  text: ({ system, hasDatabase }) => `\
kind: eks
${hasDatabase ? `# The variable that holds the address of the database.\nuses: { ${DATABASE}: { variable: DATABASE_HOST } }\n` : ''}namespace: ${system}
primary:
${cluster(system, 'primary', 3)}
recovery:
${cluster(system, 'recovery', 1)}
  failoverNodes: { min: 3, desired: 3, max: 12 }
deployments:
  - { name: web, replicas: 6, standby: 1, critical: true }`,
};
