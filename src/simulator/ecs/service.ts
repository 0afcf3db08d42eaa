import { uuidOf } from '../distributions.ts';
import { FARGATE_VCPUS, quotaIn } from '../service-quotas.ts';
import { addressOfWriter } from '../shop/stores.ts';
import { isReadElsewhere, storeNamed } from '../shop/users.ts';
import type { EcsDeployment, EcsService, EcsTask } from '../state.ts';
import { isDown, type World } from '../world.ts';
import { deploymentId } from './new-services.ts';

export const serviceIn = (
  { services }: Pick<World, 'services'>,
  region: string,
  cluster: string,
  name: string,
): EcsService | undefined =>
  services.find((one) => one.region === region && one.cluster === cluster && one.name === name);

export const isThere = ({ goneMs }: EcsTask, ms: number): boolean => goneMs === null || goneMs > ms;

/** The deployment that counts: the newest that its circuit breaker has not ended. */
export const primaryOf = ({ deployments }: EcsService, ms: number): EcsDeployment =>
  deployments.findLast(({ createdMs, failedMs }) => createdMs <= ms && (failedMs === null || failedMs > ms)) ??
  (deployments[0] as EcsDeployment);

/** Assumption: every task has one vCPU. */
export const VCPUS_A_TASK = 1;

/** Virtual CPUs of tasks in a region at an instant, as AWS/Usage counts them. */
export const vcpusOfTasks = ({ services }: World, region: string, ms: number): number =>
  VCPUS_A_TASK *
  services
    .filter((one) => one.region === region)
    .flatMap(({ tasks }) => tasks)
    .filter((task) => task.placedMs !== null && task.placedMs <= ms && isThere(task, ms)).length;

/** ECS's own rule: half of the tasks wanted, and 3 at least. */
const failuresAllowed = (desired: number): number => Math.min(200, Math.max(3, Math.ceil(desired / 2)));

/** Sets how many tasks a service is to have: it starts what lacks, and stops what is not healthy first. */
export function scaleService(world: World, service: EcsService, desired: number): void {
  const nowMs = world.clock.nowMs();
  service.desired = desired;
  const { id } = primaryOf(service, nowMs);
  const own = service.tasks.filter((task) => task.deployment === id && task.goneMs === null);
  const healthiest = own.toSorted((a, b) => (a.runningMs ?? Infinity) - (b.runningMs ?? Infinity));
  for (const task of healthiest.slice(desired)) task.goneMs = nowMs;
  start(world, service, id, desired - own.length);
}

/** Begins a deployment: new tasks come beside the old ones, which go as the new ones are healthy. */
export function deploy(
  world: World,
  service: EcsService,
  to: { taskDefinition: string; environment: Record<string, string> },
): void {
  const nowMs = world.clock.nowMs();
  const deployment: EcsDeployment = {
    id: deploymentId(service, service.deployments.length + 1),
    taskDefinition: to.taskDefinition,
    environment: { ...to.environment, ...readAsItStarts(world, service, nowMs) },
    createdMs: nowMs,
    completedMs: null,
    failedMs: null,
  };
  service.deployments.push(deployment);
  start(world, service, deployment.id, service.desired);
}

/** What is read elsewhere leads to the writer of that moment. */
function readAsItStarts(world: World, service: EcsService, ms: number): Record<string, string> {
  const before = primaryOf(service, ms).environment;
  return Object.fromEntries(
    Object.keys(before)
      .filter(isReadElsewhere)
      .map((key) => {
        const store = storeNamed(world.topology, key.slice(1, -1));
        return [key, (store && addressOfWriter(world, store, service.region, ms)) ?? before[key] ?? ''];
      }),
  );
}

function start(world: World, service: EcsService, deployment: string, count: number): void {
  const nowMs = world.clock.nowMs();
  for (let missing = count; missing > 0; missing -= 1) {
    const id = uuidOf(`task/${service.region}/${service.cluster}/${service.name}/${service.tasks.length}`);
    service.tasks.push({
      id: id.replaceAll('-', ''),
      deployment,
      createdMs: nowMs,
      placedMs: null,
      runningMs: null,
      goneMs: null,
    });
  }
  place(world, service.region);
}

/** Gives a region's tasks the capacity that there is, first come, first served. */
function place(world: World, region: string): void {
  const nowMs = world.clock.nowMs();
  const here = world.services.filter((one) => one.region === region);
  let room = roomIn(world, region).tasks;
  for (const service of here) {
    for (const task of service.tasks) {
      if (task.placedMs !== null || !isThere(task, nowMs) || room <= 0) continue;
      room -= 1;
      task.placedMs = nowMs;
      if (!isFailing(world, service)) task.runningMs = nowMs + takesMs(world, service, task);
    }
    replace(world, service);
  }
}

/** Whether new tasks do not come to run: they fail their health check, or their image is in a region that is lost. */
export const isFailing = (world: World, service: EcsService): boolean =>
  world.simulation.tasks.failing || cannotPull(world, service);

export function cannotPull(world: World, service: EcsService): boolean {
  const nowMs = world.clock.nowMs();
  const name = primaryOf(service, nowMs).taskDefinition;
  const found = world.taskDefinitions.find(
    (one) => one.region === service.region && `${one.family}:${one.revision}` === name,
  );
  const home = found?.image.split('.')[3] ?? service.region;
  return home !== service.region && isDown(world, home, nowMs);
}

/** How many tasks a region can still start, and why no more. */
export function roomIn(world: World, region: string): { tasks: number; why: string } {
  const { topology, simulation, startMs, clock } = world;
  const nowMs = clock.nowMs();
  const placed = world.services
    .filter((one) => one.region === region)
    .flatMap(({ tasks }) => tasks)
    .filter((task) => task.placedMs !== null && isThere(task, nowMs));
  const quota = Math.floor(quotaIn(world, FARGATE_VCPUS) / VCPUS_A_TASK) - placed.length;
  const isLimited = region === topology.regions.recovery && simulation.tasks.capacity !== undefined;
  const started = placed.filter(({ createdMs }) => createdMs >= startMs).length;
  const capacity = isLimited ? (simulation.tasks.capacity ?? 0) - started : Number.POSITIVE_INFINITY;
  return capacity < quota
    ? {
        tasks: capacity,
        why: 'Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      }
    : { tasks: quota, why: "You've reached the limit on the number of vCPUs you can run concurrently." };
}

/** Lets the new tasks of a deployment take the place of the old ones, and says how it ends. */
function replace(world: World, service: EcsService): void {
  const nowMs = world.clock.nowMs();
  const deployment = primaryOf(service, nowMs);
  const { taskDraining, deploymentEnd } = world.durations;
  const isOver = deployment.completedMs !== null && deployment.completedMs <= nowMs;
  const own = service.tasks.filter((task) => task.deployment === deployment.id && task.goneMs === null);
  const runningMs = own.flatMap((task) => task.runningMs ?? []).sort((a, b) => a - b);
  const old = service.tasks.filter((task) => task.deployment !== deployment.id && isThere(task, nowMs));
  if (isOver && old.length === 0) return;
  const isWhole = runningMs.length >= service.desired;
  const lastMs = Math.max(nowMs, runningMs.at(-1) ?? nowMs);
  for (const [index, task] of old.entries()) {
    const takenMs = runningMs[index] ?? (isWhole ? lastMs : null);
    task.goneMs = takenMs === null ? null : Math.max(nowMs, takenMs) + taskDraining;
  }
  deployment.completedMs = isWhole ? lastMs + deploymentEnd : null;
  deployment.failedMs = isWhole ? null : breaksMs(world, service, deployment, own);
  if (deployment.failedMs !== null) for (const task of own) task.goneMs = deployment.failedMs;
}

/** When its circuit breaker ends a deployment whose tasks fail. */
function breaksMs(
  world: World,
  service: EcsService,
  { createdMs }: EcsDeployment,
  own: readonly EcsTask[],
): number | null {
  const { circuitBreaker } = world.simulation.tasks;
  const placed = own.filter(({ placedMs }) => placedMs !== null);
  const [first] = placed;
  if (!isFailing(world, service) || !circuitBreaker || !first) return null;
  const waves = Math.ceil(failuresAllowed(service.desired) / placed.length);
  return createdMs + waves * takesMs(world, service, first);
}

export const takesMs = (world: World, { region, name }: EcsService, { id }: EcsTask): number =>
  Math.round(world.simulation.tasks.takes ?? world.durations.task(world.draw(`task/${region}/${name}/${id}`)));
