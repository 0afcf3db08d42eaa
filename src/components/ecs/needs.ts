import * as z from 'zod';
import { regionalNeed, text } from '../../steps/needs/place.ts';

const servicesThing = ({ region, cluster }: { region: string; cluster: string }): string =>
  `ecs-services/${region}/${cluster}`;

/** Services of a cluster, which must be there and well. */
export const services = regionalNeed(
  'ecs-services',
  {
    cluster: text,
    services: z.array(text),
    /** Those that must have a task that runs. */
    warm: z.array(text),
    /** The launch type or capacity provider of those for which the topology says one. */
    runsOn: z.record(text, text),
  },
  servicesThing,
);

/** Services that are scaled, as Application Auto Scaling and quotas would let them be. */
export const sizes = regionalNeed(
  'ecs-sizes',
  {
    cluster: text,
    wanted: z.array(z.object({ name: text, tasks: z.int(), minimum: z.int() })),
    exactly: z.boolean(),
  },
  servicesThing,
);

/** Services that get another task definition, or new tasks. */
export const taskDefinitions = regionalNeed(
  'task-definitions',
  { cluster: text, services: z.array(z.object({ name: text, variables: z.array(text) })) },
  servicesThing,
);
