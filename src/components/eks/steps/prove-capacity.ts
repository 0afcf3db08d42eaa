import * as z from 'zod';
import { calledBy } from '../../../drill/deployments.ts';
import { clusterOf, component, given, side } from '../../../steps/given.ts';
import type { Need } from '../../../steps/needs.ts';
import { atRest, verifying } from '../../../steps/standing.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { autoscalersOf, LIST_AUTOSCALERS } from '../../kubernetes/autoscalers.ts';
import {
  accessNeed,
  byNamespace,
  clusterPermissions,
  deploymentNeeds,
  deploymentsFound,
  kubectl,
} from '../../kubernetes/cluster.ts';
import { cluster } from '../../kubernetes/needs.ts';

const params = z.object({
  cluster,
  /** Null where nodes come with the pods. */
  nodes: z.object({ nodegroup: z.string(), ready: z.int() }).nullable(),
  deployments: z.array(z.object({ name: z.string(), replicas: z.int() })),
});
type Capacity = z.output<typeof params>;

/** Sees that a region which serves is at its full size. */
export const proveCapacity = defineStep<Capacity, { failed: string[] }>({
  kind: 'kubernetes.prove-capacity',
  params,
  given: given(z.strictObject({ in: side.default('recovery') }), ({ in: where }, around) => {
    const { primary, recovery, deployments } = component('eks', around);
    const { nodegroup } = { primary, recovery }[where];
    const nodes = where === 'recovery' ? recovery.failoverNodes : primary.nodes;
    return {
      cluster: clusterOf(where, around),
      nodes: nodegroup !== undefined && nodes ? { nodegroup, ready: nodes.desired } : null,
      deployments: deployments.map((one) => ({ name: calledBy(one), replicas: one.replicas })),
    };
  }),
  needs: ({ cluster: where, nodes, deployments }): Need[] => [
    ...(nodes
      ? [{ need: 'node-group' as const, region: where.region, cluster: where.cluster, nodegroup: nodes.nodegroup }]
      : []),
    ...deploymentNeeds(
      where,
      deployments.map(({ name }) => name),
      ['get deployments.apps', LIST_AUTOSCALERS],
    ),
    ...(nodes ? [accessNeed({ ...where, namespace: '' }, ['list nodes'])] : []),
  ],
  plane: 'data',
  title: ({ cluster: where }) => `Check that ${where.cluster} is at full size`,
  region: ({ cluster: where }) => where.region,
  calls: [],
  permissions: ({ cluster: where }, account) => clusterPermissions(where, account),
  command: ({ cluster: where, deployments }) =>
    kubectl(
      where,
      byNamespace(
        where,
        deployments.map(({ name }) => name),
      ).map(({ place }) => ({ in: place.namespace, line: 'get deployments' })),
    ),
  doneWhen: () => 'READY shows all replicas of each deployment.',
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(capacity, context) {
    const { note, failed } = verifying(context);
    const missing = await atRest(() => missingFrom(capacity, context), context);
    note('capacity', missing.length === 0, missing.join('; ') || 'nodes and pods are all ready');
    return { failed };
  },
});

async function missingFrom({ cluster: where, nodes, deployments }: Capacity, context: StepContext): Promise<string[]> {
  const { kubernetes, signal } = context;
  const ready = nodes
    ? (await kubernetes.nodes(where, nodes.nodegroup, signal)).filter((node) => node.ready).length
    : 0;
  const called = deployments.map(({ name }) => name);
  const [pods, autoscalers] = await Promise.all([
    deploymentsFound(where, called, context),
    autoscalersOf(where, called, context),
  ]);
  return [
    ...(nodes && ready < nodes.ready ? [`${ready} of ${nodes.ready} nodes of ${nodes.nodegroup} are ready`] : []),
    ...deployments.flatMap(({ name, replicas }, index) => {
      const has = pods[index]?.ready ?? 0;
      const { min = 0, max = Number.POSITIVE_INFINITY } = autoscalers[index] ?? {};
      const wanted = Math.max(replicas, min);
      const why = max < wanted ? `: its autoscaler allows ${max}` : '';
      return has < wanted ? [`${has} of ${wanted} pods of ${name} are ready${why}`] : [];
    }),
  ];
}
