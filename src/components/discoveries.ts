import { discoverAuroraGlobals } from './aurora-global/discover.ts';
import type { Discover } from './discovery.ts';
import { discoverEks } from './eks/discover.ts';
import { discoverCaches } from './elasticache-global/discover.ts';
import { discoverKafka } from './kafka/discover.ts';
import { discoverRdsReplicas } from './rds-replica/discover.ts';
import { discoverNames } from './route53/discover.ts';
import { discoverBuckets } from './s3-replication/discover.ts';
import type { Kind } from './schemas.ts';
import { discoverSecrets } from './secrets/discover.ts';

/** How each kind is looked for in an account, with what people call it; or why it is not. */
export const discoveries: { [K in Kind]: { title: string; discover: Discover<K> } | { title: string; not: string } } = {
  'rds-replica': { title: 'RDS instances with a cross-region replica', discover: discoverRdsReplicas },
  'aurora-global': { title: 'Aurora global databases', discover: discoverAuroraGlobals },
  'elasticache-global': { title: 'caches of ElastiCache', discover: discoverCaches },
  kafka: { title: 'MSK clusters', discover: discoverKafka },
  's3-replication': { title: 'replicated buckets', discover: discoverBuckets },
  secrets: { title: 'replicated secrets', discover: discoverSecrets },
  'configuration-archive': {
    title: 'archives of Kubernetes objects',
    not: 'only who writes them knows the bucket',
  },
  eks: { title: 'EKS clusters', discover: discoverEks },
  route53: { title: 'public names', discover: discoverNames },
};
