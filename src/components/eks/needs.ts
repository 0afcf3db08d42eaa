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
