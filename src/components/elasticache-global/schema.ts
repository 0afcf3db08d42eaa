import * as z from 'zod';
import { cacheLoginSchema } from '../../drill/live.ts';
import {
  cacheParameterGroupName,
  cacheSubnetGroupName,
  globalDatastoreName,
  nodeType,
  replicationGroupName,
} from '../../drill/names.ts';
import { duration } from '../../drill/quantities.ts';
import { type Description, dataStore, timeOfDay } from '../described.ts';
import { cacheLeaves } from './left.ts';
import { cacheDatastore, cacheGroup, cacheParameterGroup, cacheSnapshot, cacheSubnetGroup } from './needs.ts';

const replicationGroup = z.strictObject({
  replicationGroup: replicationGroupName.describe("The replication group's identifier."),
  nodeType: nodeType.describe('The node type, such as cache.r7g.large.'),
  nodes: z.int().positive().max(1_000).describe('The primary node and its replicas.'),
  parameterGroup: cacheParameterGroupName,
  subnetGroup: cacheSubnetGroupName,
});

/** A cache of ElastiCache, with or without a global datastore that joins two regions. */
export const elasticacheGlobalSchema = z.strictObject({
  kind: z.literal('elasticache-global'),
  ...dataStore,
  primary: replicationGroup.describe('The replication group that takes the writes, in the primary region.'),
  recovery: replicationGroup.optional().describe('Its replica, in the recovery region.'),
  globalDatastore: globalDatastoreName.optional().describe('The full ID of the global datastore of both groups.'),
  snapshots: z.strictObject({
    window: timeOfDay.describe('When the automatic snapshot is taken, UTC.'),
    retention: duration,
  }),
  login: cacheLoginSchema.optional(),
});

export type ElasticacheGlobal = z.output<typeof elasticacheGlobalSchema>;

/** What a topology, a preflight and a report know of the kind. */
export const elasticacheGlobal = {
  schema: elasticacheGlobalSchema,
  needs: [cacheDatastore, cacheGroup, cacheParameterGroup, cacheSnapshot, cacheSubnetGroup],
  port: 'redis',
  counts: { not: 'the keys of a Redis datastore are not numbered, so missing ones cannot be counted' },
  leaves: cacheLeaves,
} as const satisfies Description;
