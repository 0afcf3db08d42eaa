import * as z from 'zod';
import { loginSchema } from '../../drill/live.ts';
import { lowerName } from '../../drill/names.ts';
import { type Description, dataStore, text } from '../described.ts';
import { globalCluster } from './needs.ts';

const cluster = z.strictObject({
  cluster: lowerName.describe("The cluster's identifier."),
  instance: lowerName.describe('The instance of it that takes the writes where the cluster does.'),
});

/** An Aurora global database on PostgreSQL. */
export const auroraGlobalSchema = z.strictObject({
  kind: z.literal('aurora-global'),
  ...dataStore,
  database: text.describe('The database inside the clusters.'),
  login: loginSchema.optional(),
  globalCluster: lowerName.describe("The global database's identifier."),
  primary: cluster.describe('The cluster that takes the writes, in the primary region.'),
  recovery: cluster.describe('The one that follows it, in the recovery region.'),
});

/** What a topology, a preflight and a report know of the kind. */
export const auroraGlobal = {
  schema: auroraGlobalSchema,
  needs: [globalCluster],
  counts: 'heartbeats',
} as const satisfies Description;
