import * as z from 'zod';
import { drillName, inRegion, needOf, text, thereOrFree } from '../../steps/needs/place.ts';

/** Where deployments live. */
export const cluster = inRegion({ cluster: text, namespace: text });
export type Cluster = z.output<typeof cluster>;

/** How steps call what they alter. */
export const things = {
  namespace: ({ region, cluster: name, namespace: one }: Cluster) => `namespace/${region}/${name}/${one}`,
  deployments: ({ region, cluster: name, namespace: one }: Cluster) => `deployments/${region}/${name}/${one}`,
};

export const deployments = needOf(
  'deployments',
  {
    cluster,
    deployments: z.array(text),
    /** Those that must have a pod that is ready. */
    warm: z.array(text),
  },
  (need) => things.deployments(need.cluster),
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
