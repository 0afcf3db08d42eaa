import * as z from 'zod';
import { drillName, inRegion, needOf, regionalNeed, text, thereOrFree } from '../../steps/needs/place.ts';

export const cluster = inRegion({ cluster: text, namespace: text });
type Cluster = z.output<typeof cluster>;

/** How steps call what they alter. */
export const things = {
  nodeGroup: (region: string, name: string, group: string) => `node-group/${region}/${name}/${group}`,
  namespace: ({ region, cluster: name, namespace: one }: Cluster) => `namespace/${region}/${name}/${one}`,
  deployments: ({ region, cluster: name, namespace: one }: Cluster) => `deployments/${region}/${name}/${one}`,
};

/** A node group, with the size that the drill gives it. */
export const nodeGroup = regionalNeed(
  'node-group',
  { cluster: text, nodegroup: text, size: z.object({ min: z.int(), desired: z.int(), max: z.int() }).optional() },
  (need) => things.nodeGroup(need.region, need.cluster, need.nodegroup),
);

export const deployments = needOf('deployments', { cluster, deployments: z.array(text), warm: z.boolean() }, (need) =>
  things.deployments(need.cluster),
);

/** Deployments that are scaled, as their autoscalers would let them be. */
export const autoscalers = needOf(
  'autoscalers',
  { cluster, wanted: z.array(z.object({ name: text, replicas: z.int() })), exactly: z.boolean() },
  (need) => things.deployments(need.cluster),
);

export const namespace = needOf('namespace', { cluster, state: thereOrFree, drill: drillName }, (need) =>
  things.namespace(need.cluster),
);

/** What Kubernetes itself must let the drill do, as kubectl says it: `patch deployments.apps/scale`. */
export const access = needOf(
  'kubernetes-access',
  { cluster, access: z.array(text) },
  ({ cluster: { region, cluster: name, namespace: one } }) => `kubernetes-access/${region}/${name}/${one}`,
);
