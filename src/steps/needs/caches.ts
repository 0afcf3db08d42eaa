import * as z from 'zod';
import { drillName, inRegion, regionalNeed, text } from './place.ts';

const replicationGroup = inRegion({ group: text });

export const cacheGroup = regionalNeed('cache-group', {
  group: text,
  state: z.enum(['serving', 'free']),
  drill: drillName,
});

export const cacheSnapshot = regionalNeed('cache-snapshot', { group: text, maxAgeMs: z.number() });

/** A global datastore: the group that takes the writes at the beginning, and the one that follows it. */
export const cacheDatastore = z.object({
  need: z.literal('cache-datastore'),
  datastore: text,
  writer: replicationGroup,
  follower: replicationGroup,
  lagMaxMs: z.number().optional(),
});

/** The groups that ElastiCache makes nodes with. */
export const cacheParameterGroup = regionalNeed('cache-parameter-group', { name: text });

export const cacheSubnetGroup = regionalNeed('cache-subnet-group', { name: text });
