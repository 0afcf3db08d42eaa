import * as z from 'zod';
import { inRegion, instanceThing, needOf, text } from '../../steps/needs/place.ts';

/** How steps call what they alter. */
export const things = {
  globalCluster: (id: string) => `rds-global-cluster/${id}`,
  cluster: (region: string, name: string) => `rds-cluster/${region}/${name}`,
  instance: instanceThing,
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
