import { inRegion, needOf, text } from '../../steps/needs/place.ts';

/** How steps call what they alter. */
export const things = { globalCluster: (id: string) => `rds-global-cluster/${id}` };

const cluster = inRegion({ cluster: text, instance: text, arn: text });

/** An Aurora global database: the cluster that takes the writes at the beginning, and the one that follows it. */
export const globalCluster = needOf(
  'rds-global-cluster',
  { globalCluster: text, writer: cluster, follower: cluster },
  (need) => things.globalCluster(need.globalCluster),
);
