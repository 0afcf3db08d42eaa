import { auroraGlobal } from './aurora-global/index.ts';
import { configurationArchive } from './configuration-archive/index.ts';
import { dynamodbGlobalTable } from './dynamodb-global-table/index.ts';
import { ecs } from './ecs/index.ts';
import { eks } from './eks/index.ts';
import { elasticacheGlobal } from './elasticache-global/index.ts';
import { kafka } from './kafka/index.ts';
import { rdsReplica } from './rds-replica/index.ts';
import { route53 } from './route53/index.ts';
import { s3Replication } from './s3-replication/index.ts';
import type { Kind } from './schemas.ts';
import { secrets } from './secrets/index.ts';
import type { KindOfComponent, Verb } from './verbs.ts';

const kinds: { [K in Kind]: KindOfComponent<K> } = {
  'rds-replica': rdsReplica,
  'aurora-global': auroraGlobal,
  'elasticache-global': elasticacheGlobal,
  'dynamodb-global-table': dynamodbGlobalTable,
  kafka,
  's3-replication': s3Replication,
  secrets,
  'configuration-archive': configurationArchive,
  eks,
  ecs,
  route53,
};

/** What dr-drill does with a component of a kind. */
export const kindOf = <K extends Kind>(kind: K): KindOfComponent<K> => kinds[kind];

/** Every kind, in the order in which an account is searched for them. */
export const allKinds: readonly KindOfComponent<Kind>[] = Object.values(kinds) as never;

/** An object of a kind whose name is not known where it is asked. */
export const objectOf = ({ kind }: { kind: Kind }): KindOfComponent<never> =>
  kindOf(kind) as unknown as KindOfComponent<never>;

export const isKind = (name: string): name is Kind => Object.hasOwn(kinds, name);

/** The kinds whose components answer a verb. */
export const kindsThatDo = (verb: Verb): Kind[] =>
  Object.values(kinds).flatMap(({ kind, verbs }) => (verb in verbs ? [kind] : []));
