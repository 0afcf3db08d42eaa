import { regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import { awsError } from './faults.ts';
import type { World } from './world.ts';

export const DB_INSTANCES = 'L-7B6409FD';
const DB_SNAPSHOTS = 'L-272F1212';
export const DB_CLUSTERS = 'L-952B80B8';
const DB_CLUSTER_SNAPSHOTS = 'L-9B510759';
const CACHE_NODES = 'L-DFE45DF3';
const TABLES = 'L-F98FE922';
const VCPUS = 'L-1216C47A';
export const FARGATE_VCPUS = 'L-3032A538';
const NODES = 'L-BD136A63';

/** AWS's defaults; those of vCPUs are 5 and 6 in a new account and raised in any that runs a shop, so an assumption. */
export const usualQuotas: Record<string, number> = {
  [DB_INSTANCES]: 40,
  [DB_SNAPSHOTS]: 100,
  [DB_CLUSTERS]: 40,
  [DB_CLUSTER_SNAPSHOTS]: 100,
  [CACHE_NODES]: 300,
  [TABLES]: 2_500,
  [VCPUS]: 512,
  [FARGATE_VCPUS]: 512,
  [NODES]: 450,
};

const described: Record<string, { service: string; name: string; metric?: Record<string, string> }> = {
  [DB_INSTANCES]: { service: 'rds', name: 'DB instances' },
  [DB_SNAPSHOTS]: { service: 'rds', name: 'Manual DB instance snapshots' },
  [DB_CLUSTERS]: { service: 'rds', name: 'DB clusters' },
  [DB_CLUSTER_SNAPSHOTS]: { service: 'rds', name: 'Manual DB cluster snapshots' },
  [CACHE_NODES]: { service: 'elasticache', name: 'Nodes per Region' },
  [TABLES]: { service: 'dynamodb', name: 'Maximum number of tables' },
  [VCPUS]: {
    service: 'ec2',
    name: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
    metric: { Class: 'Standard/OnDemand', Resource: 'vCPU', Service: 'EC2', Type: 'Resource' },
  },
  [FARGATE_VCPUS]: {
    service: 'fargate',
    name: 'Fargate On-Demand vCPU resource count',
    metric: { Class: 'Standard/OnDemand', Resource: 'vCPU', Service: 'Fargate', Type: 'Resource' },
  },
  [NODES]: { service: 'eks', name: 'Nodes per managed node group' },
};

type Asked = Input<'servicequotas', 'GetServiceQuota'>;

/** Service Quotas as its API answers: EKS's quota has no value of its own, as long as nobody asked for more. */
export const servicequotas = {
  GetServiceQuota(world: World, region: string, asked: Asked) {
    if (asked.QuotaCode === NODES && world.quotas[NODES] === usualQuotas[NODES]) throw missing();
    return { Quota: quota(world, region, asked) };
  },

  GetAWSDefaultServiceQuota(world: World, region: string, asked: Asked) {
    return { Quota: quota({ ...world, quotas: usualQuotas }, region, asked) };
  },
};

export const quotaIn = ({ quotas }: World, code: string): number => quotas[code] ?? usualQuotas[code] ?? 0;

/** Every node of the simulated account is of this size: m6i.xlarge. */
const VCPUS_A_NODE = 4;

/** Virtual CPUs in use in a region at an instant, as AWS/Usage counts them. */
export const vcpusIn = ({ nodeGroups, clusters }: World, region: string, ms: number): number =>
  VCPUS_A_NODE *
  [...nodeGroups, ...clusters.map(({ region: home, madeForPods }) => ({ region: home, nodes: madeForPods ?? [] }))]
    .filter((one) => one.region === region)
    .flatMap(({ nodes }) => nodes)
    .filter(({ joinsMs, goneMs }) => joinsMs <= ms && (goneMs === null || goneMs > ms)).length;

const missing = () =>
  awsError('NoSuchResourceException', 'The request failed because the specified service quota does not exist.');

function quota(world: World, region: string, { ServiceCode, QuotaCode = '' }: Asked) {
  const found = described[QuotaCode];
  if (!found || found.service !== ServiceCode) throw missing();
  const arn = regionalArn({
    service: 'servicequotas',
    region,
    account: world.topology.account,
    resource: `${ServiceCode}/${QuotaCode}`,
  });
  return {
    ServiceCode,
    QuotaArn: arn,
    QuotaCode,
    QuotaName: found.name,
    Value: quotaIn(world, QuotaCode),
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
    ...(found.metric && {
      UsageMetric: {
        MetricNamespace: 'AWS/Usage',
        MetricName: 'ResourceCount',
        MetricDimensions: found.metric,
        MetricStatisticRecommendation: 'Maximum',
      },
    }),
  };
}
