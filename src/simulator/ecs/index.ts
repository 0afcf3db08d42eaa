import type { ContainerDefinition, DescribeTaskDefinitionResponse, Service } from '@aws-sdk/client-ecs';
import { globalArn, isArn, nameIn, regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { groupsOf } from '../elastic-load-balancing/load-balancers.ts';
import { behind } from '../elastic-load-balancing/targets.ts';
import { awsError } from '../faults.ts';
import type { EcsDeployment, EcsService, TaskDefinition } from '../state.ts';
import type { World } from '../world.ts';
import { autoscaled, scaledBy } from './autoscaling.ts';
import { eventsOf } from './events.ts';
import { deploy, isThere, primaryOf, scaleService, serviceIn, VCPUS_A_TASK } from './service.ts';

const DAY = 86_400_000;
const MOST_DESCRIBED = 10;
/** Assumption: how long a deployment that failed is still told of. */
const FAILED_TOLD_MS = 300_000;
/** What ECS gives itself, and takes from nobody. */
const CONTAINER = 'app';

/** ECS as its API answers. */
export const ecs = {
  ListClusters(world: World, region: string) {
    const here = world.services.filter((one) => one.region === region).map(({ cluster }) => cluster);
    return { clusterArns: [...new Set(here)].map((cluster) => arnOf(world, region, `cluster/${cluster}`)) };
  },

  ListServices(world: World, region: string, { cluster }: Input<'ecs', 'ListServices'>) {
    const here = servicesIn(world, region, cluster);
    return { serviceArns: here.map((one) => serviceArn(world, one)) };
  },

  DescribeServices(world: World, region: string, { cluster, services = [] }: Input<'ecs', 'DescribeServices'>) {
    const home = nameIn(cluster ?? 'default');
    servicesIn(world, region, cluster);
    if (services.length === 0) throw invalid('Services cannot be empty.');
    if (services.length > MOST_DESCRIBED) throw invalid('services can have at most 10 items.');
    const asked = services.map((given) => ({ given, found: serviceIn(world, region, home, nameIn(given)) }));
    return {
      services: asked.flatMap(({ found }) => (found ? [described(world, found)] : [])),
      failures: asked.flatMap(({ given, found }) =>
        found ? [] : [missing(isArn(given) ? given : arnOf(world, region, `service/${home}/${given}`))],
      ),
    };
  },

  DescribeTaskDefinition(
    world: World,
    region: string,
    { taskDefinition = '', include = [] }: Input<'ecs', 'DescribeTaskDefinition'>,
  ): DescribeTaskDefinitionResponse {
    const found = definitionIn(world, region, taskDefinition);
    if (!found) throw awsError('ClientException', 'Unable to describe task definition.');
    return { taskDefinition: definition(world, found), tags: include.includes('TAGS') ? found.tags : [] };
  },

  RegisterTaskDefinition(world: World, region: string, asked: Input<'ecs', 'RegisterTaskDefinition'>) {
    const { family = '', containerDefinitions = [], tags = [] } = asked;
    if (!/^[\w-]{1,255}$/.test(family)) throw awsError('ClientException', 'Family should match: ^[\\w-]{1,255}$');
    const [container] = containerDefinitions;
    if (!container) throw awsError('ClientException', 'Container list cannot be empty.');
    const environment = Object.fromEntries(
      (container.environment ?? []).map(({ name = '', value = '' }) => [name, value]),
    );
    const secrets = Object.fromEntries(
      (container.secrets ?? []).map(({ name = '', valueFrom = '' }) => [name, valueFrom]),
    );
    if (Object.keys(secrets).some((name) => name in environment))
      throw awsError(
        'ClientException',
        'The secret name must be unique and not shared with any new or existing environment variables set on the container.',
      );
    const revision = 1 + Math.max(0, ...revisionsOf(world, region, family).map((one) => one.revision));
    const made: TaskDefinition = {
      region,
      family,
      revision,
      registeredMs: world.clock.nowMs(),
      image: container.image ?? '',
      environment,
      secrets,
      tags: tags.map(({ key = '', value = '' }) => ({ key, value })),
    };
    world.taskDefinitions.push(made);
    return { taskDefinition: definition(world, made), tags: made.tags };
  },

  UpdateService(world: World, region: string, asked: Input<'ecs', 'UpdateService'>) {
    servicesIn(world, region, asked.cluster);
    const found = serviceIn(world, region, nameIn(asked.cluster ?? 'default'), nameIn(asked.service ?? ''));
    if (!found) throw awsError('ServiceNotFoundException', 'Service not found.');
    if (found.status !== 'ACTIVE') throw awsError('ServiceNotActiveException', 'Service was not ACTIVE.');
    const { desiredCount, taskDefinition, forceNewDeployment } = asked;
    if (desiredCount !== undefined && desiredCount < 0) throw invalid('desiredCount cannot be negative.');
    const nowMs = world.clock.nowMs();
    const to = taskDefinition === undefined ? undefined : definitionIn(world, region, taskDefinition);
    if (taskDefinition !== undefined && !to) throw awsError('ClientException', 'TaskDefinition not found.');
    autoscaled(world, found);
    if (desiredCount !== undefined && desiredCount !== found.desired) {
      scaleService(world, found, desiredCount);
      scaledBy(world, found);
    }
    const now = primaryOf(found, nowMs);
    const same = to === undefined || nameOf(to) === now.taskDefinition;
    if (!same || forceNewDeployment) {
      const environment = to ? { ...to.environment } : now.environment;
      deploy(world, found, { taskDefinition: to ? nameOf(to) : now.taskDefinition, environment });
    }
    return { service: described(world, found) };
  },
};

const invalid = (message: string) => awsError('InvalidParameterException', message);
const missing = (arn: string) => ({ arn, reason: 'MISSING' });

const arnOf = ({ topology: { account } }: World, region: string, resource: string): string =>
  regionalArn({ service: 'ecs', region, account, resource });

const serviceArn = (world: World, { region, cluster, name }: EcsService): string =>
  arnOf(world, region, `service/${cluster}/${name}`);

const servicesOf = ({ services }: World, region: string, cluster: string): EcsService[] =>
  services.filter((one) => one.region === region && one.cluster === cluster);

/** Those of a cluster, which must be there. */
function servicesIn(world: World, region: string, cluster: string | undefined): EcsService[] {
  const found = servicesOf(world, region, nameIn(cluster ?? 'default'));
  if (found.length === 0) throw awsError('ClusterNotFoundException', 'Cluster not found.');
  return found;
}

const nameOf = ({ family, revision }: TaskDefinition): string => `${family}:${revision}`;

const revisionsOf = ({ taskDefinitions }: World, region: string, family: string): TaskDefinition[] =>
  taskDefinitions.filter((one) => one.region === region && one.family === family);

/** By its ARN, by `family:revision`, or by its family alone, which means the newest. */
function definitionIn(world: World, region: string, asked: string): TaskDefinition | undefined {
  const [family = '', revision] = (isArn(asked) ? (asked.split('/').at(-1) ?? '') : asked).split(':');
  const all = revisionsOf(world, region, family);
  return revision === undefined ? all.at(-1) : all.find((one) => String(one.revision) === revision);
}

function countedIn({ tasks, desired }: EcsService, ms: number): { running: number; pending: number } {
  const there = tasks.filter((task) => isThere(task, ms));
  const running = there.filter(({ runningMs }) => runningMs !== null && runningMs <= ms).length;
  const placed = there.filter(({ placedMs }) => placedMs !== null).length;
  return { running, pending: Math.min(placed - running, Math.max(desired, placed)) };
}

function described(world: World, service: EcsService): Service {
  autoscaled(world, service);
  const nowMs = world.clock.nowMs();
  const { region, cluster, name, desired } = service;
  const primary = primaryOf(service, nowMs);
  const { running, pending } = countedIn(service, nowMs);
  const told = service.deployments.filter((one) => one === primary || isTold(service, one, nowMs));
  const groups = groupsOf(world.topology).filter((one) => one.region === region);
  return {
    serviceArn: serviceArn(world, service),
    serviceName: name,
    clusterArn: arnOf(world, region, `cluster/${cluster}`),
    loadBalancers: groups
      .filter((group) => serves(world, service, behind(world, group)?.started() ?? []))
      .map(({ arn }) => ({ targetGroupArn: arn, containerName: CONTAINER, containerPort: 8080 })),
    status: service.status,
    desiredCount: desired,
    runningCount: running,
    pendingCount: pending,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    taskDefinition: arnOf(world, region, `task-definition/${primary.taskDefinition}`),
    deploymentConfiguration: {
      deploymentCircuitBreaker: {
        enable: world.simulation.tasks.circuitBreaker,
        rollback: world.simulation.tasks.circuitBreaker,
      },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
    deployments: told.toReversed().map((one) => deployment(world, service, one, one === primary, nowMs)),
    events: eventsOf(world, service),
    createdAt: new Date(world.startMs - 400 * DAY),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    enableExecuteCommand: false,
  };
}

/** A target group sends requests to the tasks of one service. */
const serves = (world: World, service: EcsService, started: readonly { id: string }[]): boolean =>
  started.length > 0 &&
  started.every(({ id }) => service.tasks.some((task) => task.id === id)) &&
  world.services.includes(service);

/** Whether a deployment that is not the newest is still told of. */
const isTold = ({ tasks }: EcsService, { id, createdMs, failedMs }: EcsDeployment, ms: number): boolean =>
  createdMs <= ms &&
  (tasks.some((task) => task.deployment === id && isThere(task, ms)) ||
    (failedMs !== null && failedMs <= ms && ms < failedMs + FAILED_TOLD_MS));

function deployment(world: World, service: EcsService, one: EcsDeployment, isPrimary: boolean, ms: number) {
  const own = { ...service, tasks: service.tasks.filter((task) => task.deployment === one.id) };
  const { running, pending } = countedIn(own, ms);
  const failed = one.failedMs !== null && one.failedMs <= ms;
  const completed = one.completedMs !== null && one.completedMs <= ms;
  return {
    id: one.id,
    status: isPrimary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: arnOf(world, service.region, `task-definition/${one.taskDefinition}`),
    desiredCount: isPrimary ? service.desired : 0,
    pendingCount: pending,
    runningCount: running,
    failedTasks: failed ? Math.max(3, Math.ceil(service.desired / 2)) : 0,
    createdAt: new Date(one.createdMs),
    updatedAt: new Date(Math.min(ms, one.completedMs ?? one.failedMs ?? one.createdMs)),
    launchType: 'FARGATE' as const,
    platformVersion: '1.4.0',
    rolloutState: failed ? ('FAILED' as const) : completed ? ('COMPLETED' as const) : ('IN_PROGRESS' as const),
    rolloutStateReason: failed
      ? 'ECS deployment circuit breaker: tasks failed to start.'
      : `ECS deployment ${one.id} ${completed ? 'completed' : 'in progress'}.`,
  };
}

function definition(world: World, found: TaskDefinition) {
  const { region, family, revision, image, environment, secrets, registeredMs } = found;
  const container: ContainerDefinition = {
    name: CONTAINER,
    image,
    cpu: 0,
    essential: true,
    portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    secrets: Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
  };
  const role = (name: string) =>
    globalArn({ service: 'iam', region, account: world.topology.account, resource: `role/${family}-${name}` });
  return {
    taskDefinitionArn: arnOf(world, region, `task-definition/${family}:${revision}`),
    containerDefinitions: [container],
    family,
    taskRoleArn: role('task'),
    executionRoleArn: role('execution'),
    networkMode: 'awsvpc' as const,
    revision,
    volumes: [],
    status: 'ACTIVE' as const,
    requiresCompatibilities: ['FARGATE' as const],
    compatibilities: ['EC2' as const, 'FARGATE' as const],
    cpu: String(VCPUS_A_TASK * 1024),
    memory: '2048',
    registeredAt: new Date(registeredMs),
  };
}
