import type { Example } from '../example.ts';

const group = (system: string, side: 'primary' | 'recovery') => `\
  replicationGroup: ${system}-cache-${side}
  nodeType: cache.r7g.large
  nodes: 2
  parameterGroup: ${system}-redis7
  subnetGroup: ${system}-private`;

export const elasticacheGlobalExample: Example = {
  id: 'cache',
  drills: ['redis-global-failover', 'redis-restore'],
  text: ({ system }) => `\
kind: elasticache-global
primary:
${group(system, 'primary')}
recovery:
${group(system, 'recovery')}
# The whole id, with the characters that AWS puts before its name.
globalDatastore: xxxxx-${system}-cache
snapshots: { window: "17:00", retention: 7 d }`,
};
