import * as z from 'zod';
import { auroraGlobalSchema } from './aurora-global/schema.ts';
import { configurationArchiveSchema } from './configuration-archive/schema.ts';
import { eksSchema } from './eks/schema.ts';
import { elasticacheGlobalSchema } from './elasticache-global/schema.ts';
import { kafkaSchema } from './kafka/schema.ts';
import { rdsReplicaSchema } from './rds-replica/schema.ts';
import { route53Schema } from './route53/schema.ts';
import { s3ReplicationSchema } from './s3-replication/schema.ts';
import { secretsSchema } from './secrets/schema.ts';

/** What a topology may say of each group's components, one schema a kind. */
export const dataSchema = z.discriminatedUnion('kind', [
  rdsReplicaSchema,
  auroraGlobalSchema,
  elasticacheGlobalSchema,
  kafkaSchema,
  s3ReplicationSchema,
  secretsSchema,
  configurationArchiveSchema,
]);
export const computeSchema = z.discriminatedUnion('kind', [eksSchema]);
export const trafficSchema = z.discriminatedUnion('kind', [route53Schema]);

export type Component = z.output<typeof dataSchema> | z.output<typeof computeSchema> | z.output<typeof trafficSchema>;
export type Kind = Component['kind'];
