import * as z from 'zod';
import { loginSchema } from '../../drill/live.ts';
import {
  dbParameterGroupName,
  dbSubnetGroupName,
  instanceClass,
  instanceName,
  kmsKeyName,
  region,
  securityGroup,
} from '../../drill/names.ts';
import { duration } from '../../drill/quantities.ts';
import { ENGINES, isAsked } from '../../ports/sql.ts';
import { type Description, dataStore, text, timeOfDay } from '../described.ts';
import { instancesInSql } from './in-sql.ts';
import { pairLeaves } from './left.ts';
import * as needs from './needs.ts';

const instance = z.strictObject({
  identifier: instanceName.describe("The RDS instance's identifier."),
  class: instanceClass.describe('The instance class, such as db.r6g.xlarge.'),
  storageGib: z.int().positive().max(1_000_000).describe('Allocated storage in GiB.'),
  multiAz: z.boolean(),
  parameterGroup: dbParameterGroupName,
  subnetGroup: dbSubnetGroupName,
  securityGroups: z.array(securityGroup).min(1),
  kmsKey: kmsKeyName
    .optional()
    .describe(
      'The KMS key of its region that encrypts it, by ID, ARN or alias. Copies in that region are encrypted with it. Default: looked up.',
    ),
  quarantineSecurityGroup: securityGroup.describe(
    'A security group without inbound rules: an instance in it takes no writes.',
  ),
  readerSecurityGroup: securityGroup
    .optional()
    .describe(
      'A security group that admits only the machine that runs the drill. A failback reads the old writer through it, and lists the rows that only the old writer has.',
    ),
});

/** An RDS instance with a read replica in the other region. */
export const rdsReplicaSchema = z
  .strictObject({
    kind: z.literal('rds-replica'),
    ...dataStore,
    engine: z
      .enum(ENGINES)
      .default('postgres')
      .describe(
        'What runs in both instances. SQL Server and Oracle are taken over without a login: data loss is not measured, and data is not checked.',
      ),
    database: text.describe('The database inside the instance.'),
    login: loginSchema.optional(),
    writer: instance.describe('The instance that takes the writes, in the primary region.'),
    replica: instance.describe('Its cross-region read replica, in the recovery region.'),
    nextReplica: instance
      .omit({ storageGib: true, quarantineSecurityGroup: true, readerSecurityGroup: true })
      .extend({ region, multiAz: z.boolean().default(false) })
      .optional()
      .describe(
        'The replica to request for a new writer, in the same region or in a third one. In a third region, an encrypted database needs kmsKey.',
      ),
    backups: z
      .strictObject({
        by: z
          .enum(['rds', 'aws-backup'])
          .default('rds')
          .describe('Who makes the backups: RDS itself each night, or plans of AWS Backup.'),
        window: timeOfDay
          .optional()
          .describe('When the automated snapshot is taken, UTC. Only AWS Backup may go without: its plan says when.'),
        retention: duration
          .optional()
          .describe('How long RDS keeps automated backups. Only AWS Backup may go without: its plan says how long.'),
      })
      .superRefine(({ by, window, retention }, context) => {
        if (by === 'aws-backup') return;
        for (const [key, value] of Object.entries({ window, retention }))
          if (value === undefined)
            context.addIssue({ code: 'custom', path: [key], message: `RDS makes the backups: '${key}' must be set.` });
      }),
  })
  .superRefine(({ engine, login }, context) => {
    if (login === undefined || isAsked(engine)) return;
    const message = `a drill opens no session with ${engine}: leave the login out`;
    context.addIssue({ code: 'custom', path: ['login'], message });
  });

export type RdsReplica = z.output<typeof rdsReplicaSchema>;
export type Instance = RdsReplica['writer'];

/** A journal of before it had an engine is PostgreSQL's. */
const engineOf = ({ engine = 'postgres' }: Pick<RdsReplica, 'engine'>) => engine;

/** What a topology, a preflight and a report know of the kind. */
export const rdsReplica = {
  schema: rdsReplicaSchema,
  needs: [
    needs.backups,
    needs.freeSnapshot,
    needs.instance,
    needs.instanceClass,
    needs.kmsKey,
    needs.optionGroup,
    needs.parameterGroup,
    needs.replication,
    needs.securityGroups,
    needs.subnetGroup,
  ],
  counts: (store: RdsReplica) =>
    isAsked(engineOf(store))
      ? 'heartbeats'
      : { not: `a drill speaks no SQL with ${engineOf(store)}, so no rows are written to it and counted again` },
  port: 'sql',
  sql: {
    ...instancesInSql,
    of: (store: RdsReplica) => ({
      engine: engineOf(store),
      primary: store.writer.identifier,
      recovery: store.replica.identifier,
    }),
  },
  leaves: pairLeaves,
} as const satisfies Description;
