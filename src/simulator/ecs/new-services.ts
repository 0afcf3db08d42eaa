import { regionalArn } from '../../arn.ts';
import { componentsOf } from '../../drill/components.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { dnsSuffixOf } from '../../partition.ts';
import { uuidOf } from '../distributions.ts';
import { SIDES, type Side } from '../kubernetes/place.ts';
import { environmentOf } from '../shop/stores.ts';
import { isReadElsewhere } from '../shop/users.ts';
import type { EcsService, EcsTask, ScalableTarget, TaskDefinition } from '../state.ts';

const HOUR = 3_600_000;

/** What a service is called in a region. */
export const nameOn = (
  { name, recoveryName }: { name: string; recoveryName?: string | undefined },
  side: Side,
): string => (side === 'recovery' ? (recoveryName ?? name) : name);

/** A task that has run for long. */
export const taskFromLongAgo = (
  service: Pick<EcsService, 'region' | 'name'>,
  deployment: string,
  nth: number,
  ms: number,
): EcsTask => ({
  id: uuidOf(`task/${service.region}/${service.name}/${nth}`).replaceAll('-', ''),
  deployment,
  createdMs: ms,
  placedMs: ms,
  runningMs: ms,
  goneMs: null,
});

/** Every service that the topology names, in both regions. */
export function newServices(topology: Topology, startMs: number): EcsService[] {
  const longAgoMs = startMs - HOUR;
  return componentsOf(topology, 'ecs').flatMap((compute) =>
    SIDES.flatMap((side) =>
      compute.services.map((one) => {
        const place = { region: topology.regions[side], cluster: compute[side].cluster, name: nameOn(one, side) };
        const desired = side === 'primary' ? one.tasks : one.standby;
        const deployment = {
          id: deploymentId(place, 1),
          taskDefinition: `${place.name}:1`,
          environment: environmentOf(topology, compute, side),
          createdMs: longAgoMs,
          completedMs: longAgoMs,
          failedMs: null,
        };
        const tasks = Array.from({ length: desired }, (_, nth) =>
          taskFromLongAgo(place, deployment.id, nth, longAgoMs),
        );
        return { ...place, status: 'ACTIVE' as const, desired, tasks, deployments: [deployment] };
      }),
    ),
  );
}

export const deploymentId = (
  { region, cluster, name }: Pick<EcsService, 'region' | 'cluster' | 'name'>,
  nth: number,
): string =>
  `ecs-svc/${Number.parseInt(uuidOf(`deployment/${region}/${cluster}/${name}/${nth}`).slice(0, 8), 16)}${nth}`;

/** What stands in a task definition of what tasks read. */
export const shown = (environment: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([key]) => !isReadElsewhere(key)));

/** The first revision of each service, with the environment that its tasks run with. */
export const newTaskDefinitions = (
  services: readonly EcsService[],
  { regions, account }: Topology,
  { tasks: { image, variable } }: Simulation,
  startMs: number,
): TaskDefinition[] =>
  services.map(({ region, name, deployments }) => {
    const isRecovery = region === regions.recovery;
    const all = shown(deployments[0]?.environment ?? {});
    const home = isRecovery && image === 'primary' ? regions.primary : region;
    const given = isRecovery ? variable : 'set';
    const secret = (key: string) =>
      regionalArn({
        service: 'secretsmanager',
        region,
        account,
        resource: `secret:${name}-${key.toLowerCase()}-Ab12Cd`,
      });
    return {
      region,
      family: name,
      revision: 1,
      registeredMs: startMs - HOUR,
      image: `${account}.dkr.ecr.${home}.${dnsSuffixOf(home)}/${name}:1`,
      environment: { LOG_LEVEL: 'info', ...(given === 'set' && all) },
      secrets: given === 'secret' ? Object.fromEntries(Object.keys(all).map((key) => [key, secret(key)])) : {},
      tags: [],
    };
  });

/** What Application Auto Scaling has, as the simulation says. */
export const newScalableTargets = (topology: Topology, { scalableTargets }: Simulation): ScalableTarget[] =>
  scalableTargets.flatMap(({ service, in: only, min, max, putBack }) =>
    componentsOf(topology, 'ecs').flatMap((compute) =>
      compute.services
        .filter(({ name }) => name === service)
        .flatMap((one) =>
          SIDES.filter((side) => only === undefined || side === only).map((side) => ({
            region: topology.regions[side],
            cluster: compute[side].cluster,
            service: nameOn(one, side),
            min,
            max,
            kept: putBack ? min : null,
            dueMs: null,
          })),
        ),
    ),
  );
