import * as z from 'zod';
import { capacityReservationId, eksClusterName, nodegroupName } from '../../drill/names.ts';
import { componentName, type Description, text } from '../described.ts';
import { access, autoscalers, deployments, namespace } from '../kubernetes/needs.ts';
import { eksLeaves } from './left.ts';
import { nodeGroup, reservedNodes } from './needs.ts';

/** A deployment or namespace; with a slash, steps tell a deployment of another namespace. */
const kubernetesName = z.string().regex(/^[^\s/]+$/, 'expected a name as Kubernetes has it, without a slash');

/** More than any deployment of a drill: anyone who writes more has mistyped it. */
const replicas = z.int().nonnegative().max(100_000);

/** EKS's own limit of a node group is 450 nodes, and can be raised. */
const count = z.int().nonnegative().max(10_000);

const nodes = z.strictObject({ min: count, desired: count, max: count.positive() });

const cluster = z.strictObject({
  cluster: eksClusterName,
  nodegroup: nodegroupName
    .optional()
    .describe('The managed node group to scale. Leave it out if Karpenter or Auto Mode makes nodes for the pods.'),
  nodes: nodes.optional().describe('The size of the node group in standby.'),
});

/** Deployments in the EKS clusters of both regions. */
export const eksSchema = z.strictObject({
  kind: z.literal('eks'),
  uses: z
    .record(
      componentName,
      z.strictObject({ variable: text.describe("The environment variable that holds the writer's address.") }),
    )
    .default({})
    .describe('The data stores that it writes to, by name.'),
  namespace: kubernetesName.describe('The namespace of its deployments, unless a deployment names its own.'),
  primary: cluster,
  recovery: cluster.extend({
    failoverNodes: nodes.optional().describe('Size of the node group when the region serves all traffic.'),
    capacityReservations: z
      .union([z.literal('required'), z.array(capacityReservationId).min(1)])
      .optional()
      .describe(
        'The IDs of Capacity Reservations that nodes of the failover use, or `required` for any open one. The preflight then stops a drill that they do not cover; otherwise it warns.',
      ),
  }),
  deployments: z
    .array(
      z.strictObject({
        name: kubernetesName,
        namespace: kubernetesName.optional().describe('Its namespace, if it is not the one of the component.'),
        replicas: replicas.describe('Replicas in the region that serves.'),
        standby: replicas.describe('Replicas in the standby region.'),
        critical: z.boolean(),
      }),
    )
    .min(1),
});

export type Eks = z.output<typeof eksSchema>;

/** What a topology, a preflight and a report know of the kind. */
export const eks = {
  schema: eksSchema,
  needs: [access, autoscalers, deployments, namespace, nodeGroup, reservedNodes],
  waits: ({ deployments }: Eks) => deployments,
  port: 'kubernetes',
  leaves: eksLeaves,
} as const satisfies Description;
