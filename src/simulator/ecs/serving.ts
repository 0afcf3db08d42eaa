import type { ComputeTwin } from '../compute-twin.ts';
import type { EcsService } from '../state.ts';
import { nameOn } from './new-services.ts';
import { isThere, primaryOf, serviceIn } from './service.ts';

/** Critical services and their tasks. */
export const services: ComputeTwin<'ecs', EcsService> = {
  critical: ({ regions }, compute, side) =>
    compute.services
      .filter(({ critical }) => critical)
      .map((one) => ({
        size: one.tasks,
        find: (world) => serviceIn(world, regions[side], compute[side].cluster, nameOn(one, side)),
      })),

  ready: ({ tasks }, ms) =>
    tasks.filter((task) => task.runningMs !== null && task.runningMs <= ms && isThere(task, ms)).length,

  templates(service, ms) {
    const running = service.tasks.filter(
      (task) => task.runningMs !== null && task.runningMs <= ms && isThere(task, ms),
    );
    if (running.length === 0) return [{ environment: primaryOf(service, ms).environment, share: 1 }];
    return service.deployments.flatMap(({ id, environment }) => {
      const own = running.filter(({ deployment }) => deployment === id).length;
      return own === 0 ? [] : [{ environment, share: own / running.length }];
    });
  },

  started: ({ tasks }) =>
    tasks.map(({ id, placedMs, runningMs, goneMs }) => ({ id, sinceMs: placedMs, readyMs: runningMs, goneMs })),
};
