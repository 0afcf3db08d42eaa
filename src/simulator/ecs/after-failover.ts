import { componentsOf } from '../../drill/components.ts';
import type { Past } from '../past.ts';
import { environmentOf } from '../shop/stores.ts';
import type { World } from '../world.ts';
import { deploymentId, nameOn, shown, taskFromLongAgo } from './new-services.ts';
import { serviceIn } from './service.ts';

/** Every service of the recovery region is at full size, and writes where the writer is now. */
export function servicesGrown(world: World, { promotedMs }: Past): void {
  const { topology } = world;
  for (const compute of componentsOf(topology, 'ecs')) {
    const environment = environmentOf(topology, compute, 'recovery', 'recovery');
    for (const one of compute.services) {
      const { region, cluster } = { region: topology.regions.recovery, cluster: compute.recovery.cluster };
      const service = serviceIn(world, region, cluster, nameOn(one, 'recovery'));
      if (!service) continue;
      const id = deploymentId(service, 2);
      const family = service.name;
      const first = world.taskDefinitions.find((each) => each.region === region && each.family === family);
      if (first)
        world.taskDefinitions.push({
          ...first,
          revision: 2,
          registeredMs: promotedMs,
          environment: { ...first.environment, ...shown(environment) },
        });
      service.deployments.push({
        id,
        taskDefinition: `${family}:2`,
        environment,
        createdMs: promotedMs,
        completedMs: promotedMs,
        failedMs: null,
      });
      for (const task of service.tasks) task.goneMs = promotedMs;
      service.desired = one.tasks;
      for (let nth = 0; nth < one.tasks; nth += 1)
        service.tasks.push(taskFromLongAgo(service, id, service.tasks.length, promotedMs));
    }
  }
}
