import * as z from 'zod';
import { drillName, inRegion, regionalNeed, text, thereOrFree } from './place.ts';

export const cluster = inRegion({ cluster: text, namespace: text });

/** A node group, with the size that the drill gives it. */
export const nodeGroup = regionalNeed('node-group', {
  cluster: text,
  nodegroup: text,
  size: z.object({ min: z.int(), desired: z.int(), max: z.int() }).optional(),
});

export const deployments = z.object({
  need: z.literal('deployments'),
  cluster,
  deployments: z.array(text),
  warm: z.boolean(),
});

export const namespace = z.object({
  need: z.literal('namespace'),
  cluster,
  state: thereOrFree,
  drill: drillName,
});

/** What Kubernetes itself must let the drill do, as kubectl says it: `patch deployments.apps/scale`. */
export const access = z.object({ need: z.literal('kubernetes-access'), cluster, access: z.array(text) });
