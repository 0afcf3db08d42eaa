import { auroraGlobal } from './aurora-global/index.ts';
import { eks } from './eks/index.ts';
import { elasticacheGlobal } from './elasticache-global/index.ts';
import { kafka } from './kafka/index.ts';
import { rdsReplica } from './rds-replica/index.ts';
import { route53 } from './route53/index.ts';
import type { Kind } from './schemas.ts';
import type { KindOfComponent } from './verbs.ts';

const passive = <K extends Kind>(
  kind: K,
  title: string,
  counts: NonNullable<KindOfComponent<K>['counts']>,
): KindOfComponent<K> => ({ kind, group: 'data', title, counts, verbs: {} });

const kinds: { [K in Kind]: KindOfComponent<K> } = {
  'rds-replica': rdsReplica,
  'aurora-global': auroraGlobal,
  'elasticache-global': elasticacheGlobal,
  kafka,
  's3-replication': passive('s3-replication', 'a replicated bucket', {
    not: 'the objects of a bucket are not numbered, so nobody can count which are missing',
  }),
  secrets: passive('secrets', 'replicated secrets', {
    not: 'secrets are compared, and have no rows that could be counted',
  }),
  'configuration-archive': passive('configuration-archive', 'archives of a Kubernetes namespace', {
    not: 'archives are compared, and have no rows that could be counted',
  }),
  eks,
  route53,
};

/** What dr-drill does with a component of a kind. */
export const kindOf = <K extends Kind>(kind: K): KindOfComponent<K> => kinds[kind];
