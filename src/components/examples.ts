import { auroraGlobalExample } from './aurora-global/example.ts';
import { configurationArchiveExample } from './configuration-archive/example.ts';
import { eksExample } from './eks/example.ts';
import { elasticacheGlobalExample } from './elasticache-global/example.ts';
import type { Example } from './example.ts';
import { kafkaExample } from './kafka/example.ts';
import { rdsReplicaExample } from './rds-replica/example.ts';
import { route53Example } from './route53/example.ts';
import { s3ReplicationExample } from './s3-replication/example.ts';
import type { Kind } from './schemas.ts';
import { secretsExample } from './secrets/example.ts';

/** A small component of each kind, for a topology to begin with. */
export const examples: Record<Kind, Example> = {
  'rds-replica': rdsReplicaExample,
  'aurora-global': auroraGlobalExample,
  'elasticache-global': elasticacheGlobalExample,
  kafka: kafkaExample,
  's3-replication': s3ReplicationExample,
  secrets: secretsExample,
  'configuration-archive': configurationArchiveExample,
  eks: eksExample,
  route53: route53Example,
};
