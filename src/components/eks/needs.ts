import * as z from 'zod';
import { regionalNeed, text } from '../../steps/needs/place.ts';

/** How steps call the node group that they alter. */
export const nodeGroupThing = (region: string, cluster: string, nodegroup: string): string =>
  `node-group/${region}/${cluster}/${nodegroup}`;

/** A node group, with the size that the drill gives it. */
export const nodeGroup = regionalNeed(
  'node-group',
  { cluster: text, nodegroup: text, size: z.object({ min: z.int(), desired: z.int(), max: z.int() }).optional() },
  (need) => nodeGroupThing(need.region, need.cluster, need.nodegroup),
);

/** Which reservations a node group counts on: those of these IDs, or every open one; and whether it must. */
export const reservations = z.object({ named: z.array(text).optional(), required: z.boolean() });

/** Node groups of a region that a failover makes larger: they share what is reserved there. */
export const reservedNodes = regionalNeed(
  'reserved-nodes',
  { groups: z.array(z.object({ cluster: text, nodegroup: text, desired: z.int(), reservations })) },
  ({ region }) => `reserved-nodes/${region}`,
);
