import * as z from 'zod';
import { describedInstance } from '../account/described.ts';
import { drillName, inRegion, instanceAt, regionalNeed, text } from './place.ts';

const database = inRegion({ instance: text, database: text });
const auroraCluster = inRegion({ cluster: text, instance: text, arn: text });

/** An RDS instance. `free`: the drill makes one of this name, so there must be none yet. `quarantined`: an earlier failover fenced it. */
export const instance = regionalNeed('rds-instance', {
  instance: text,
  state: z.enum(['serving', 'quarantined', 'free']),
  role: z.enum(['writer', 'replica']).optional(),
  /** Whether it must have a standby in another zone. */
  multiAz: z.boolean().optional(),
  /** The name under which it may have been set aside already. */
  aside: text.optional(),
  quarantine: text.optional(),
  drill: drillName,
  /** The topology's description, which the runbook fills in. */
  described: describedInstance.optional(),
});

/** Backups of an instance, and what of them the drill restores. */
export const backups = regionalNeed('rds-backups', {
  instance: text,
  restores: z.enum(['snapshot', 'point-in-time', 'nothing']),
  snapshotMaxAgeMs: z.number(),
  /** Whose snapshots count: those that come by themselves, unless said. */
  types: z.array(z.enum(['automated', 'awsbackup', 'manual', 'shared'])).optional(),
  /** The topology's, which the runbook fills in. */
  retentionDays: z.number().optional(),
  madeBy: z.enum(['rds', 'aws-backup']).optional(),
});

/** A replica that follows its writer closely enough. The runbook fills in the writer that the topology names. */
export const replication = regionalNeed('rds-replication', {
  instance: text,
  lagMaxMs: z.number().optional(),
  writer: database.optional(),
  /** Whether the drill logs in with a token of IAM. */
  iamLogin: z.boolean().optional(),
});

/** A snapshot name that the drill will use: there must be none of that name yet. */
export const freeSnapshot = regionalNeed('rds-free-snapshot', { snapshot: text, drill: text });

/** An Aurora global database: the cluster that takes the writes at the beginning, and the one that follows it. */
export const globalCluster = z.object({
  need: z.literal('rds-global-cluster'),
  globalCluster: text,
  writer: auroraCluster,
  follower: auroraCluster,
});

/** A database that somebody must be able to log in to. */
export const login = z.object({
  need: z.literal('database-login'),
  ...database.shape,
  /** `work`: the step fails without it. `proof`: the step goes on, and proves nothing. */
  for: z.enum(['work', 'proof']),
  /** False where the drill makes the instance: nobody can log in yet. */
  exists: z.boolean(),
});

/** A key that RDS encrypts with, by id, ARN or alias. */
export const kmsKey = regionalNeed('kms-key', { key: text });

/** A subnet group that the drill puts an instance into. */
export const subnetGroup = regionalNeed('db-subnet-group', { name: text });

/** A parameter group, for the engine of an instance that is copied. */
export const parameterGroup = regionalNeed('db-parameter-group', { name: text, engineOf: instanceAt });

/** The option group of an instance of the region, which a copy of another instance takes. */
export const optionGroup = regionalNeed('db-option-group', { of: text, engineOf: instanceAt });

/** Security groups that the drill gives an instance: in the network of its subnet group, or of the instance itself. */
export const securityGroups = regionalNeed('security-groups', {
  groups: z.array(text),
  subnetGroup: text.optional(),
  instance: text.optional(),
  /** One that must let nobody in. */
  quarantine: text.optional(),
});

/** An instance class that the region must offer for the engine of an instance that is copied. */
export const instanceClass = regionalNeed('db-class', { class: text, multiAz: z.boolean(), engineOf: instanceAt });
