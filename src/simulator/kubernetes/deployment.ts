import { componentsOf } from '../../drill/components.ts';
import { calledBy } from '../../drill/deployments.ts';
import type { Topology } from '../../drill/topology.ts';
import { producersEnvironment } from '../kafka/cluster.ts';
import { environmentOf } from '../shop/stores.ts';
import type { Deployment, Pod, Rollout } from '../state.ts';
import type { World } from '../world.ts';
import { computeNamed, isSamePlace, type Place, placeOn, SIDES } from './place.ts';

/** Kubernetes' own default: at most a quarter is replaced at a time. */
const REPLACED_AT_ONCE = 0.25;

/** Those of the topology's computes, and the consumers of Kafka that run beside them. */
export function newDeployments(topology: Topology, startMs: number): Deployment[] {
  const longAgoMs = startMs - 3_600_000;
  const deployment = (place: Place, name: string, wanted: number, environment: Rollout['environment']): Deployment => ({
    ...place,
    name,
    wanted,
    pods: Array.from({ length: wanted }, (_, index) => ({
      name: `${name}-${index + 1}`,
      createdMs: longAgoMs,
      scheduledMs: longAgoMs,
      readyMs: longAgoMs,
      goneMs: null,
    })),
    rollouts: [{ fromMs: 0, untilMs: 0, pods: wanted, environment: { ...environment } }],
  });
  const shop = componentsOf(topology, 'eks').flatMap((compute) =>
    compute.deployments.flatMap((one) =>
      SIDES.map((side) => {
        const environment = {
          ...environmentOf(topology, compute, side),
          ...producersEnvironment(topology, compute, calledBy(one)),
        };
        const wanted = side === 'primary' ? one.replicas : one.standby;
        return deployment(placeOn(topology, compute, side, one), one.name, wanted, environment);
      }),
    ),
  );
  const consumers = componentsOf(topology, 'kafka').flatMap((kafka) => {
    const compute = computeNamed(topology, kafka.runsIn);
    if (!compute) return [];
    return kafka.consumers.flatMap(({ deployment: name, replicas }) =>
      SIDES.map((side) => {
        const environment = environmentOf(topology, compute, side);
        return deployment(placeOn(topology, compute, side), name, side === 'primary' ? replicas : 0, environment);
      }),
    );
  });
  return [...shop, ...consumers];
}

export const deploymentIn = (world: World, place: Place, name: string): Deployment | undefined =>
  world.deployments.find((one) => one.name === name && isSamePlace(one, place));

export const alive = ({ goneMs }: Pod, ms: number): boolean => goneMs === null || goneMs > ms;

/** Which templates the pods run with at an instant, and what share of them: one, or two while one replaces the other. */
export function templates(
  { rollouts }: Deployment,
  ms: number,
): { environment: Rollout['environment']; share: number }[] {
  const index = rollouts.findLastIndex(({ fromMs }) => fromMs <= ms);
  const rollout = rollouts[index] as Rollout;
  const before = rollouts[index - 1];
  const share = progress(rollout, ms);
  if (share === 1 || !before) return [{ environment: rollout.environment, share: 1 }];
  return [
    { environment: rollout.environment, share },
    { environment: before.environment, share: 1 - share },
  ];
}

function progress({ fromMs, untilMs, pods }: Rollout, ms: number): number {
  if (untilMs !== null && ms >= untilMs) return 1;
  if (pods === 0) return 1;
  const first = Math.max(1, Math.floor(pods * REPLACED_AT_ONCE));
  if (untilMs === null) return ms > fromMs ? first / pods : 0;
  return Math.floor((pods * (ms - fromMs)) / (untilMs - fromMs)) / pods;
}

export const updated = (deployment: Deployment, ms: number): number =>
  Math.floor((templates(deployment, ms)[0]?.share ?? 1) * deployment.wanted);

/** Ready pods at an instant; a rollout keeps a quarter of them out of service while it lasts. */
export function ready({ pods, rollouts }: Deployment, ms: number): number {
  let up = 0;
  for (const pod of pods) if (pod.readyMs !== null && pod.readyMs <= ms && alive(pod, ms)) up += 1;
  const rollout = rollouts.findLast(({ fromMs }) => fromMs <= ms);
  const rolling = rollout !== undefined && ms > rollout.fromMs && (rollout.untilMs === null || ms < rollout.untilMs);
  return rolling ? Math.max(0, up - Math.floor(up * REPLACED_AT_ONCE)) : up;
}
