import * as z from 'zod';
import { drillName, inRegion, needOf, regionalNeed, text } from '../../steps/needs/place.ts';

/** How steps call what they alter. */
export const things = {
  cacheGroup: (region: string, name: string) => `cache/${region}/${name}`,
  datastore: (id: string) => `cache-datastore/${id}`,
};

const replicationGroup = inRegion({ group: text });

export const cacheGroup = regionalNeed(
  'cache-group',
  { group: text, state: z.enum(['serving', 'free']), drill: drillName },
  ({ region, group }) => things.cacheGroup(region, group),
);

export const cacheSnapshot = regionalNeed(
  'cache-snapshot',
  { group: text, maxAgeMs: z.number() },
  ({ region, group }) => things.cacheGroup(region, group),
);

/** A global datastore: the group that takes the writes at the beginning, and the one that follows it. */
export const cacheDatastore = needOf(
  'cache-datastore',
  { datastore: text, writer: replicationGroup, follower: replicationGroup, lagMaxMs: z.number().optional() },
  ({ datastore }) => things.datastore(datastore),
);

/** The groups that ElastiCache makes nodes with. */
export const cacheParameterGroup = regionalNeed(
  'cache-parameter-group',
  { name: text },
  ({ region, name }) => `cache-parameter-group/${region}/${name}`,
);

export const cacheSubnetGroup = regionalNeed(
  'cache-subnet-group',
  { name: text },
  ({ region, name }) => `cache-subnet-group/${region}/${name}`,
);
