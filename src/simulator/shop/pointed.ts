import type { World } from '../world.ts';

/** What each deployment and service is told to read at an instant, whether or not everything runs with it. */
export const environmentsAt = ({ deployments, services }: World, ms: number): Record<string, string>[] => [
  ...deployments.map(({ rollouts }) => rollouts.findLast(({ fromMs }) => fromMs <= ms)?.environment ?? {}),
  ...services.map(({ deployments: all }) => all.findLast(({ createdMs }) => createdMs <= ms)?.environment ?? {}),
];

/** The instants at which one of them got another address. */
export const tellings = ({ deployments, services }: World): number[] => [
  ...deployments.flatMap(({ rollouts }) => rollouts.map(({ fromMs }) => fromMs)),
  ...services.flatMap(({ deployments: all }) => all.map(({ createdMs }) => createdMs)),
];
