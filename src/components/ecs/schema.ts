import * as z from 'zod';
import { ecsClusterName, ecsServiceName } from '../../drill/names.ts';
import { componentName, type Description, text } from '../described.ts';
import { ecsLeaves } from './left.ts';
import { services, sizes, taskDefinitions } from './needs.ts';

/** ECS's own limit of a service is 5,000 tasks. */
const tasks = z.int().nonnegative().max(5_000);

const cluster = z.strictObject({ cluster: ecsClusterName });

/** Services in the ECS clusters of both regions. */
export const ecsSchema = z.strictObject({
  kind: z.literal('ecs'),
  uses: z
    .record(
      componentName,
      z.strictObject({
        variable: text
          .optional()
          .describe("The environment variable of the task definition that holds the writer's address."),
        restart: z
          .literal(true)
          .optional()
          .describe(
            'Instead: tasks read the address elsewhere as they start, such as in a secret or behind a global endpoint, so they are replaced.',
          ),
      }),
    )
    .default({})
    .describe('The data stores that it writes to, by name.'),
  primary: cluster,
  recovery: cluster,
  services: z
    .array(
      z.strictObject({
        name: ecsServiceName,
        recoveryName: ecsServiceName
          .optional()
          .describe('Its name in the recovery region, where it has another there.'),
        tasks: tasks.describe('Tasks in the region that serves.'),
        standby: tasks.describe('Tasks in the region that waits.'),
        minimum: tasks
          .optional()
          .describe('The minimum of Application Auto Scaling in the region that waits; `standby` by default.'),
        runsOn: text
          .optional()
          .describe('The launch type or the capacity provider that a preflight must find, such as FARGATE.'),
        critical: z.boolean(),
      }),
    )
    .min(1),
});

export type Ecs = z.output<typeof ecsSchema>;

/** What a topology, a preflight and a report know of the kind. */
export const ecs = {
  schema: ecsSchema,
  needs: [services, sizes, taskDefinitions],
  waits: ({ services }: Ecs) => services,
  leaves: ecsLeaves,
} as const satisfies Description;
