import type { Service } from '../aws/aws.ts';
import type { Simulation } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import { cloudwatch } from './cloudwatch.ts';
import { dynamodb } from './dynamodb/index.ts';
import { newTables } from './dynamodb/table.ts';
import { ec2 } from './ec2.ts';
import { servicesGrown } from './ecs/after-failover.ts';
import { applicationautoscaling } from './ecs/autoscaling.ts';
import { ecs } from './ecs/index.ts';
import { newScalableTargets, newServices, newTaskDefinitions } from './ecs/new-services.ts';
import { newClusters } from './eks/cluster.ts';
import { eks } from './eks/index.ts';
import { newNodeGroups } from './eks/node-group.ts';
import { newReservations } from './eks/reservations.ts';
import { elasticloadbalancing } from './elastic-load-balancing/index.ts';
import { rolesTurned } from './elasticache/after-failover.ts';
import { newCache } from './elasticache/group.ts';
import { elasticache } from './elasticache/index.ts';
import { newCacheGroups } from './elasticache/new-groups.ts';
import { cacheWriters } from './elasticache/writers.ts';
import { fis } from './fis.ts';
import { globalaccelerator, newAccelerators } from './global-accelerator.ts';
import { iam } from './iam.ts';
import { groupsMoved } from './kafka/after-failover.ts';
import { kafka } from './kafka/index.ts';
import { readersOfGroups } from './kafka/readers.ts';
import { kms } from './kms.ts';
import { computesGrown } from './kubernetes/after-failover.ts';
import { newAutoscalers } from './kubernetes/autoscaler.ts';
import { newDeployments } from './kubernetes/deployment.ts';
import { lambda } from './lambda.ts';
import type { Past } from './past.ts';
import { databasesTurned } from './rds/after-failover.ts';
import { newGlobalDatabases } from './rds/global-database.ts';
import { rds } from './rds/index.ts';
import { newInstances } from './rds/instance.ts';
import { newDatabaseGroups } from './rds/new-groups.ts';
import { databaseWriters } from './rds/writers.ts';
import { namesShifted } from './route-53/after-failover.ts';
import { route53 } from './route-53/index.ts';
import { route53recoverycluster } from './route-53/routing-controls.ts';
import { newTraffic } from './route-53/zone.ts';
import { newBuckets } from './s3/bucket.ts';
import { s3 } from './s3/index.ts';
import { newSecrets, secretsmanager } from './secrets-manager.ts';
import { servicequotas, usualQuotas } from './service-quotas.ts';
import { newTopics, sns } from './sns.ts';
import { ssm } from './ssm.ts';
import type { State } from './state.ts';
import type { Writers } from './store-twin.ts';
import { sts } from './sts.ts';
import type { World } from './world.ts';

/** Takes the input of its own command; the client that the call went through has seen to that. */
export type Operation = (world: World, region: string, input: never, beganMs: number) => object | Promise<object>;

/** What a world is made of. */
export interface Beginning {
  topology: Topology;
  simulation: Simulation;
  startMs: number;
  /** What twins before this one have begun with. */
  begun: State;
}

/** The simulated twin of a service, or of what a kind of component has in one. */
export interface Twin {
  /** What its API answers. */
  operations?: { [S in Service]?: Record<string, Operation> };
  /** How it stands before anyone has asked for anything. */
  begins?: (beginning: Beginning) => Partial<State>;
  /** Brings a new world to where a failover of long ago has left it. */
  afterFailover?: (world: World, past: Past) => void;
  /** What must have one writer at most. */
  writers?: (world: World) => Writers[];
}

export const twins: readonly Twin[] = [
  { operations: { cloudwatch, ec2, fis, iam, lambda, sts } },
  { operations: { rds }, begins: rdsBegins, afterFailover: databasesTurned, writers: databaseWriters },
  {
    operations: { eks },
    begins({ topology, simulation, startMs }) {
      const nodeGroups = newNodeGroups(topology, startMs);
      return {
        clusters: newClusters(topology, startMs),
        nodeGroups,
        reservations: newReservations(topology, simulation, nodeGroups),
        deployments: newDeployments(topology, startMs),
        autoscalers: newAutoscalers(topology, simulation),
        namespaces: [],
      };
    },
    afterFailover: computesGrown,
  },
  {
    operations: { applicationautoscaling, ecs },
    begins({ topology, simulation, startMs }) {
      const services = newServices(topology, startMs);
      return {
        services,
        taskDefinitions: newTaskDefinitions(services, topology, simulation, startMs),
        scalableTargets: newScalableTargets(topology, simulation),
      };
    },
    afterFailover: servicesGrown,
  },
  { operations: { globalaccelerator }, begins: ({ topology }) => ({ accelerators: newAccelerators(topology) }) },
  {
    operations: { route53, route53recoverycluster },
    begins: ({ topology, simulation, startMs, begun }) => newTraffic(topology, simulation, startMs, begun.accelerators),
    afterFailover: namesShifted,
  },
  { operations: { elasticloadbalancing } },
  {
    operations: { s3 },
    begins: ({ topology, simulation, startMs }) => ({ buckets: newBuckets(topology, simulation, startMs) }),
  },
  {
    operations: { elasticache },
    begins: ({ topology, simulation, startMs, begun }) => ({
      cache: newCache(topology, simulation, startMs),
      groups: { ...begun.groups, ...newCacheGroups(topology) },
    }),
    afterFailover: rolesTurned,
    writers: cacheWriters,
  },
  {
    operations: { kafka },
    begins: () => ({ messaging: { commits: [], markers: [] } }),
    afterFailover: groupsMoved,
    writers: readersOfGroups,
  },
  {
    operations: { dynamodb },
    begins: ({ topology, simulation, startMs }) => ({ tables: newTables(topology, simulation, startMs) }),
  },
  { operations: { kms }, begins: () => ({ keyStates: {} }) },
  { operations: { sns }, begins: ({ topology, simulation }) => ({ topics: newTopics(topology, simulation) }) },
  {
    operations: { secretsmanager },
    begins: ({ topology, simulation, startMs }) => ({ secrets: newSecrets(topology, simulation, startMs) }),
  },
  { operations: { ssm }, begins: () => ({ automations: [] }) },
  { operations: { servicequotas }, begins: () => ({ quotas: { ...usualQuotas } }) },
];

function rdsBegins({ topology, simulation, startMs }: Beginning): Partial<State> {
  const instances = newInstances(topology, simulation, startMs);
  return {
    instances,
    groups: { ...newDatabaseGroups(topology, instances), cacheSubnets: [], cacheParameters: [] },
    snapshots: [],
    aurora: newGlobalDatabases(topology, simulation, startMs),
    clusterSnapshots: [],
  };
}

const operations = new Map<string, Operation>(
  twins.flatMap(({ operations: all = {} }) =>
    Object.entries(all).flatMap(([service, some]) =>
      Object.entries(some).map(([name, one]): [string, Operation] => [`${service}:${name}`, one]),
    ),
  ),
);

/** What carries an operation out; nothing where the simulated account does not know it. */
export const operationOf = (service: Service, operation: string): Operation | undefined =>
  operations.get(`${service}:${operation}`);

/** Adds to a world what each twin begins with. */
export function beginAll(beginning: Beginning): State {
  for (const { begins } of twins) Object.assign(beginning.begun, begins?.(beginning));
  return beginning.begun;
}
