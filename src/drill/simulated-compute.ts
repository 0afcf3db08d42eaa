import * as z from 'zod';
import { duration } from './quantities.ts';

const count = z.int().nonnegative();

/** How nodes and pods of the simulated clusters come, and what goes wrong with them. */
export const simulatedCompute = {
  nodes: z
    .strictObject({
      takes: duration.optional().describe('From request to all nodes ready.'),
      capacity: count.optional().describe('How many nodes the recovery region has capacity for.'),
      reserved: count
        .optional()
        .describe(
          'Nodes of each group of the recovery region that a Capacity Reservation covers. Default: as many as the failover needs, but no more than `capacity`.',
        ),
      autoscaler: z
        .strictObject({ after: duration.describe('How long after an update of the group.') })
        .optional()
        .describe(
          'Cluster Autoscaler or Karpenter gives each group as many nodes as its pods need. It removes nodes without pods, unless the minimum was raised.',
        ),
    })
    .default({}),
  tasks: z
    .strictObject({
      takes: duration.optional().describe('From started to running.'),
      capacity: count.optional().describe('Tasks that the recovery region can still start.'),
      failing: z.boolean().default(false).describe('New tasks start and stop again: they fail their health check.'),
      circuitBreaker: z
        .boolean()
        .default(true)
        .describe('Whether a deployment whose tasks fail is ended and rolled back.'),
      variable: z
        .enum(['set', 'secret', 'absent'])
        .default('set')
        .describe("How containers of the recovery region are given a writer's address."),
      image: z
        .enum(['here', 'primary'])
        .default('here')
        .describe('The region of the registry that the recovery region pulls images from.'),
    })
    .default({ failing: false, circuitBreaker: true, variable: 'set', image: 'here' })
    .describe('Tasks of the services of ECS.'),
  scalableTargets: z
    .array(
      z.strictObject({
        service: z.string(),
        in: z.enum(['primary', 'recovery']).optional().describe('In both regions by default.'),
        min: count.default(1),
        max: z.int().positive(),
        putBack: z.boolean().default(false).describe('Something else puts the minimum back, such as Terraform.'),
      }),
    )
    .default([])
    .describe(
      'What Application Auto Scaling does for services of ECS. It takes tasks away that have nothing to do yet.',
    ),
  pods: z
    .strictObject({
      takes: duration.optional().describe('From scheduled to ready.'),
      neverReady: z.boolean().default(false),
    })
    .default({ neverReady: false }),
  autoscalers: z
    .array(
      z.strictObject({
        deployment: z.string().describe('A name, or namespace/name where it is not in the usual namespace.'),
        in: z.enum(['primary', 'recovery']).optional().describe('In both regions by default.'),
        min: z.int().positive().default(1),
        max: z.int().positive(),
        putBack: z.boolean().default(false).describe('Another tool, such as GitOps, restores the minimum.'),
      }),
    )
    .default([])
    .describe('HorizontalPodAutoscalers, which remove pods that have no load yet.'),
};
