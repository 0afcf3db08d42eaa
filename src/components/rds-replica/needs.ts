import * as z from 'zod';
import {
  drillName,
  inRegion,
  instanceAt,
  instanceThing,
  regionalNeed,
  text,
  weakestFirst,
} from '../../steps/needs/place.ts';
import { describedInstance } from './described.ts';

/** How steps call what they alter. */
export const things = {
  instance: instanceThing,
  snapshot: (region: string, name: string) => `rds-snapshot/${region}/${name}`,
};

const ofInstance = ({ region, instance: name }: { region: string; instance: string }) => things.instance(region, name);

const database = inRegion({ instance: text, database: text });

/** An RDS instance. `free`: the drill makes one of this name, so there must be none yet. `quarantined`: an earlier failover fenced it. */
export const instance = regionalNeed(
  'rds-instance',
  {
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
  },
  ofInstance,
);

/** Backups of an instance, and what of them the drill restores. */
export const backups = regionalNeed(
  'rds-backups',
  {
    instance: text,
    restores: weakestFirst(['nothing', 'point-in-time', 'snapshot']),
    snapshotMaxAgeMs: z.number(),
    /** Whose snapshots count: those that come by themselves by default. */
    types: z.array(z.enum(['automated', 'awsbackup', 'manual', 'shared'])).optional(),
    /** The topology's, which the runbook fills in. */
    retentionDays: z.number().optional(),
    madeBy: z.enum(['rds', 'aws-backup']).optional(),
  },
  ofInstance,
);

/** A replica that follows its writer closely enough. The runbook fills in the writer that the topology names. */
export const replication = regionalNeed(
  'rds-replication',
  {
    instance: text,
    lagMaxMs: z.number().optional(),
    writer: database.optional(),
    /** Whether the drill logs in with a token of IAM. */
    iamLogin: z.boolean().optional(),
  },
  ofInstance,
);

/** A snapshot name that the drill will use: there must be none of that name yet. */
export const freeSnapshot = regionalNeed('rds-free-snapshot', { snapshot: text, drill: text }, ({ region, snapshot }) =>
  things.snapshot(region, snapshot),
);

/** A key that RDS encrypts with, by id, ARN or alias. */
export const kmsKey = regionalNeed('kms-key', { key: text }, ({ region, key }) => `kms-key/${region}/${key}`);

/** A subnet group that the drill puts an instance into. */
export const subnetGroup = regionalNeed(
  'db-subnet-group',
  { name: text },
  ({ region, name }) => `db-subnet-group/${region}/${name}`,
);

/** A parameter group, for the engine of an instance that is copied. */
export const parameterGroup = regionalNeed(
  'db-parameter-group',
  { name: text, engineOf: instanceAt },
  ({ region, name }) => `db-parameter-group/${region}/${name}`,
);

/** The option group of an instance of the region, which a copy of another instance takes. */
export const optionGroup = regionalNeed(
  'db-option-group',
  { of: text, engineOf: instanceAt },
  ({ region, of }) => `db-option-group/${region}/${of}`,
);

/** Security groups that the drill gives an instance: in the network of its subnet group, or of the instance itself. */
export const securityGroups = regionalNeed(
  'security-groups',
  {
    groups: z.array(text),
    subnetGroup: text.optional(),
    instance: text.optional(),
    /** One that must let nobody in. */
    quarantine: text.optional(),
    /** One that must let the drill in, and not everyone. */
    reader: text.optional(),
  },
  ({ region, instance: name, subnetGroup: group }) => `security-groups/${region}/${name ?? group}`,
);

/** An instance class that the region must offer for the engine of an instance that is copied. */
export const instanceClass = regionalNeed(
  'db-class',
  { class: text, multiAz: z.boolean(), engineOf: instanceAt },
  (need) => `db-class/${need.region}/${need.class}`,
);
