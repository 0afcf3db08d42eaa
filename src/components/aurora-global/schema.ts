import * as z from 'zod';
import { loginSchema } from '../../drill/live.ts';
import {
  dbClusterName,
  globalClusterName,
  instanceClass,
  instanceName,
  region,
  securityGroup,
} from '../../drill/names.ts';
import { type Description, dataStore, text } from '../described.ts';
import { clustersInSql } from './in-sql.ts';
import { globalLeaves } from './left.ts';
import { clusterBackups, freeCluster, freeClusterSnapshot, globalCluster } from './needs.ts';

const instance = z.strictObject({
  identifier: instanceName.describe("The instance's identifier."),
  class: instanceClass.describe('Its class, such as db.r6g.large.'),
});

const cluster = z.strictObject({
  cluster: dbClusterName.describe("The cluster's identifier."),
  instances: z.array(instance).describe('Its instances. Aurora decides which of them takes the writes.'),
});

const fenced = {
  securityGroups: z
    .array(securityGroup)
    .min(1)
    .optional()
    .describe('The security groups of the cluster, which it gets back after a quarantine.'),
  quarantineSecurityGroup: securityGroup
    .optional()
    .describe('A security group without inbound rules: a cluster in it takes no writes.'),
};

/** An Aurora global database on PostgreSQL or MySQL. */
export const auroraGlobalSchema = z.strictObject({
  kind: z.literal('aurora-global'),
  ...dataStore,
  engine: z.enum(['postgres', 'mysql']).default('postgres').describe('Aurora PostgreSQL or Aurora MySQL.'),
  database: text.describe('The database inside the clusters.'),
  login: loginSchema.optional(),
  globalCluster: globalClusterName.describe("The global database's identifier."),
  reachedBy: z
    .enum(['cluster-endpoint', 'global-endpoint'])
    .default('cluster-endpoint')
    .describe(
      'How applications reach the writer: by the endpoint of the cluster that takes the writes, or by the global writer endpoint, which follows the writer by itself.',
    ),
  primary: cluster.extend(fenced).describe('The cluster that takes the writes, in the primary region.'),
  recovery: cluster
    .extend({
      ...fenced,
      newInstance: instance
        .optional()
        .describe('The instance that a drill adds before the takeover if the cluster has none.'),
    })
    .describe('Its replica in the recovery region, which takes over.'),
  others: z
    .array(cluster.extend({ region }))
    .default([])
    .describe('Clusters in other regions. They replicate the cluster that takes the writes.'),
});

export type AuroraGlobal = z.output<typeof auroraGlobalSchema>;

/** What a topology, a preflight and a report know of the kind. */
export const auroraGlobal = {
  schema: auroraGlobalSchema,
  needs: [globalCluster, clusterBackups, freeCluster, freeClusterSnapshot],
  counts: 'heartbeats',
  port: 'sql',
  // A journal of before it had an engine is PostgreSQL's.
  sql: {
    ...clustersInSql,
    of: ({ engine = 'postgres', primary, recovery }: AuroraGlobal) => ({
      engine,
      primary: primary.cluster,
      recovery: recovery.cluster,
    }),
  },
  leaves: globalLeaves,
} as const satisfies Description;
