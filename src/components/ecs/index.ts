import { pointingAt } from '../compute/writers.ts';
import type { KindOfComponent } from '../verbs.ts';
import { discoverEcs } from './discover.ts';
import { ecsExample } from './example.ts';
import { servicesApart, usesFit } from './fits.ts';
import { servicesLook } from './looks/services.ts';
import { sizesLook } from './looks/sizes.ts';
import { taskDefinitionsLook } from './looks/task-definitions.ts';
import { isRead, nameOn } from './place.ts';
import { pointServices } from './steps/point-services.ts';
import { proveServices } from './steps/prove-services.ts';
import { scaleServices } from './steps/scale-services.ts';

const MINUTE = 60_000;

/** Services in the ECS clusters of both regions. */
export const ecs: KindOfComponent<'ecs'> = {
  kind: 'ecs',
  group: 'compute',
  title: 'services in ECS',
  verbs: {
    'compute.scale': (_, given) => [
      { uses: 'ecs.scale-services', with: { in: given.in, to: given.to }, deadlineMs: 10 * MINUTE },
    ],
    'compute.point': (compute, given, scene) =>
      pointingAt(
        (store) => isRead(compute, store),
        { part: 'services', uses: 'ecs.point-services', deadlineMs: 10 * MINUTE },
        given,
        scene,
      ),
    'compute.prove': (_, given) => [{ uses: 'ecs.prove-services', with: { in: given.in }, deadlineMs: 5 * MINUTE }],
  },
  standby: (compute, to, regions) => {
    const called = compute.services.map((service) => ({ service, name: nameOn(service, to) }));
    return [
      {
        need: 'ecs-services',
        region: regions[to],
        cluster: compute[to].cluster,
        services: called.map(({ name }) => name),
        warm: called.filter(({ service }) => service.standby > 0).map(({ name }) => name),
        runsOn: Object.fromEntries(
          called.flatMap(({ service: { runsOn }, name }) => (runsOn === undefined ? [] : [[name, runsOn]])),
        ),
      },
    ];
  },
  steps: [pointServices, proveServices, scaleServices],
  looks: { 'ecs-services': servicesLook, 'ecs-sizes': sizesLook, 'task-definitions': taskDefinitionsLook },
  discovery: { title: 'ECS clusters', discover: discoverEcs },
  example: ecsExample,
  fits: (one, topology, path) => [...usesFit(one, topology), ...servicesApart(one, path)],
};
