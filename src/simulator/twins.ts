import type { Service } from '../aws/aws.ts';
import type { Simulation } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import { cloudwatch } from './cloudwatch.ts';
import { ec2 } from './ec2.ts';
import { newClusters } from './eks/cluster.ts';
import { eks } from './eks/index.ts';
import { newNodeGroups } from './eks/node-group.ts';
import { elasticloadbalancing } from './elastic-load-balancing/index.ts';
import { newCache } from './elasticache/group.ts';
import { elasticache } from './elasticache/index.ts';
import { fis } from './fis.ts';
import { globalaccelerator, newAccelerators } from './global-accelerator.ts';
import { newGroups } from './groups.ts';
import { iam } from './iam.ts';
import { kafka } from './kafka/index.ts';
import { kms } from './kms.ts';
import { newAutoscalers } from './kubernetes/autoscaler.ts';
import { newDeployments } from './kubernetes/deployment.ts';
import { lambda } from './lambda.ts';
import { newGlobalDatabases } from './rds/global-database.ts';
import { rds } from './rds/index.ts';
import { newInstances } from './rds/instance.ts';
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
  /** How it stands before anybody has asked for anything. */
  begins?: (beginning: Beginning) => Partial<State>;
}

const twins: readonly Twin[] = [
  { operations: { cloudwatch, ec2, fis, iam, lambda, sts } },
  { operations: { rds }, begins: rdsBegins },
  { begins: ({ topology, begun }) => ({ groups: newGroups(topology, begun.instances) }) },
  {
    operations: { eks },
    begins: ({ topology, simulation, startMs }) => ({
      clusters: newClusters(topology, startMs),
      nodeGroups: newNodeGroups(topology, startMs),
      deployments: newDeployments(topology, startMs),
      autoscalers: newAutoscalers(topology, simulation),
      namespaces: [],
    }),
  },
  { operations: { globalaccelerator }, begins: ({ topology }) => ({ accelerators: newAccelerators(topology) }) },
  {
    operations: { route53, route53recoverycluster },
    begins: ({ topology, simulation, begun }) => newTraffic(topology, simulation, begun.accelerators),
  },
  { operations: { elasticloadbalancing } },
  {
    operations: { s3 },
    begins: ({ topology, simulation, startMs }) => ({ buckets: newBuckets(topology, simulation, startMs) }),
  },
  { operations: { elasticache }, begins: ({ topology, startMs }) => ({ cache: newCache(topology, startMs) }) },
  { operations: { kafka }, begins: () => ({ messaging: { commits: [], markers: [] } }) },
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
  return {
    instances: newInstances(topology, simulation, startMs),
    snapshots: [],
    aurora: newGlobalDatabases(topology, simulation),
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
