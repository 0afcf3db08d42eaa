import type { Group } from '../drill/components.ts';
import { auroraGlobal } from './aurora-global/index.ts';
import { eks } from './eks/index.ts';
import { elasticacheGlobal } from './elasticache-global/index.ts';
import { rdsReplica } from './rds-replica/index.ts';
import { route53 } from './route53/index.ts';
import type { Kind } from './schemas.ts';
import type { KindOfComponent } from './verbs.ts';

const passive = <K extends Kind>(kind: K, group: Group, title: string): KindOfComponent<K> => ({
  kind,
  group,
  title,
  verbs: {},
});

const kinds: { [K in Kind]: KindOfComponent<K> } = {
  'rds-replica': rdsReplica,
  'aurora-global': auroraGlobal,
  'elasticache-global': elasticacheGlobal,
  kafka: passive('kafka', 'data', 'Kafka with MirrorMaker between the regions'),
  's3-replication': passive('s3-replication', 'data', 'a replicated bucket'),
  secrets: passive('secrets', 'data', 'replicated secrets'),
  'configuration-archive': passive('configuration-archive', 'data', 'archives of a Kubernetes namespace'),
  eks,
  route53,
};

/** What dr-drill does with a component of a kind. */
export const kindOf = <K extends Kind>(kind: K): KindOfComponent<K> => kinds[kind];
