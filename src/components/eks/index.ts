import { calledBy } from '../../drill/deployments.ts';
import { byNamespace } from '../kubernetes/cluster.ts';
import type { KindOfComponent } from '../verbs.ts';
import { discoverEks } from './discover.ts';
import { apiEndpoint } from './endpoint.ts';
import { eksExample } from './example.ts';
import { namedApart, nodesOf, usesFit } from './fits.ts';
import { autoscalersLook } from './looks/autoscalers.ts';
import { deploymentsLook } from './looks/deployments.ts';
import { accessLook } from './looks/kubernetes-access.ts';
import { namespaceLook } from './looks/namespaces.ts';
import { nodeGroupLook } from './looks/node-groups.ts';
import { reservedNodesLook } from './looks/reserved-nodes.ts';
import { pointing } from './point.ts';
import { pointApplications } from './steps/point-applications.ts';
import { proveCapacity } from './steps/prove-capacity.ts';
import { scaleDeployments } from './steps/scale-deployments.ts';
import { scaleNodeGroup } from './steps/scale-node-group.ts';

const MINUTE = 60_000;

/** Deployments in the EKS clusters of both regions. */
export const eks: KindOfComponent<'eks'> = {
  kind: 'eks',
  group: 'compute',
  title: 'deployments in EKS',
  verbs: {
    'compute.scale': (compute, given) => {
      const pods = {
        uses: 'kubernetes.scale-deployments',
        with: { in: given.in, to: given.to },
        deadlineMs: 5 * MINUTE,
      };
      if (compute[given.in].nodegroup === undefined) return [pods];
      const nodes = {
        part: 'nodes',
        uses: 'eks.scale-node-group',
        with: { in: given.in, to: given.to },
        deadlineMs: 10 * MINUTE,
      };
      // No node is taken away from under a pod.
      const row = [nodes, { part: 'pods', ...pods }];
      return given.to === 'standby' ? row.toReversed() : row;
    },
    'compute.point': pointing,
    'compute.prove': (_, given) => [
      { uses: 'kubernetes.prove-capacity', with: { in: given.in }, deadlineMs: 5 * MINUTE },
    ],
  },
  endpoint: apiEndpoint,
  standby: ({ namespace, deployments, ...compute }, to, regions) => {
    const { cluster, nodegroup } = compute[to];
    const size = to === 'recovery' ? compute.recovery.failoverNodes : compute.primary.nodes;
    const region = regions[to];
    return [
      ...(nodegroup === undefined
        ? []
        : [{ need: 'node-group' as const, region, cluster, nodegroup, ...(size && { size }) }]),
      ...byNamespace({ region, cluster, namespace }, deployments.map(calledBy)).map(({ place, names }) => ({
        need: 'deployments' as const,
        cluster: place,
        deployments: names,
        warm: names,
      })),
    ];
  },
  steps: [pointApplications, proveCapacity, scaleDeployments, scaleNodeGroup],
  looks: {
    autoscalers: autoscalersLook,
    deployments: deploymentsLook,
    'kubernetes-access': accessLook,
    namespace: namespaceLook,
    'node-group': nodeGroupLook,
    'reserved-nodes': reservedNodesLook,
  },
  discovery: { title: 'EKS clusters', discover: discoverEks },
  example: eksExample,
  fits: (one, topology, path) => [...usesFit(one, topology), ...nodesOf(one, path), ...namedApart(one, path)],
};
