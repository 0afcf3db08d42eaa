import type { ComputeTwin } from '../compute-twin.ts';
import type { Deployment } from '../state.ts';
import { deploymentIn, ready, templates } from './deployment.ts';
import { placeOn } from './place.ts';

/** Critical deployments and their pods. */
export const deployments: ComputeTwin<'eks', Deployment> = {
  critical: (topology, compute, side) =>
    compute.deployments
      .filter(({ critical }) => critical)
      .map((one) => {
        const place = placeOn(topology, compute, side, one);
        return { size: one.replicas, find: (world) => deploymentIn(world, place, one.name) };
      }),
  ready,
  templates,
  started: ({ pods }) =>
    pods.map(({ name, scheduledMs, readyMs, goneMs }) => ({ id: name, sinceMs: scheduledMs, readyMs, goneMs })),
};
