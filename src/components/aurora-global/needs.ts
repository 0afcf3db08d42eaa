import * as z from 'zod';
import { inRegion, instanceThing, needOf, regionalNeed, text, weakestFirst } from '../../steps/needs/place.ts';
import { snapshotType } from '../recovery-point.ts';

/** How steps call what they alter. */
export const things = {
  globalCluster: (id: string) => `rds-global-cluster/${id}`,
  cluster: (region: string, name: string) => `rds-cluster/${region}/${name}`,
  instance: instanceThing,
  snapshot: (region: string, name: string) => `rds-cluster-snapshot/${region}/${name}`,
};

/** An instance of a cluster, as the topology has it. */
export const clusterInstance = z.object({ identifier: text, class: text });

export const auroraCluster = inRegion({ cluster: text, arn: text, instances: z.array(clusterInstance) });

const sideOfGlobal = auroraCluster.extend({
  /** Added by the drill, where there is none. */
  newInstance: clusterInstance.optional(),
});

/** An Aurora global database: the cluster that takes the writes at the beginning, and those that follow it. */
export const globalCluster = needOf(
  'rds-global-cluster',
  {
    globalCluster: text,
    engine: z.enum(['postgres', 'mysql']),
    byGlobalEndpoint: z.boolean(),
    writer: sideOfGlobal,
    follower: sideOfGlobal,
    others: z.array(auroraCluster),
  },
  (need) => things.globalCluster(need.globalCluster),
);

/** Backups of a cluster, and what of them the drill restores. */
export const clusterBackups = regionalNeed(
  'rds-cluster-backups',
  {
    cluster: text,
    restores: weakestFirst(['nothing', 'point-in-time', 'snapshot']),
    snapshotMaxAgeMs: z.number(),
    /** Whose snapshots count: those that come by themselves by default. */
    types: z.array(snapshotType).optional(),
  },
  ({ region, cluster }) => things.cluster(region, cluster),
);

/** A cluster name that the drill will use: there must be none of that name yet. */
export const freeCluster = regionalNeed('rds-free-cluster', { cluster: text, drill: text }, ({ region, cluster }) =>
  things.cluster(region, cluster),
);

/** The name of a cluster snapshot that the drill will use: there must be none of that name yet. */
export const freeClusterSnapshot = regionalNeed(
  'rds-free-cluster-snapshot',
  { snapshot: text, drill: text },
  ({ region, snapshot }) => things.snapshot(region, snapshot),
);
