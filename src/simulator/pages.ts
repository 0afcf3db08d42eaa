import type { Service } from '../aws/aws.ts';
import { awsError } from './faults.ts';
import { neighbours } from './neighbours.ts';
import type { World } from './world.ts';

/** How an operation gives a long list: AWS's own page sizes, and what a request may ask for. */
interface List {
  items: string;
  /** What the request calls the most that it wants; some do not ask. */
  limit?: string;
  size: number;
  least?: number;
  most?: number;
  /** What the request for the next page is given, and what the answer calls it where that is another name. */
  token: string;
  next?: string;
  /** Whether the answer says of itself that there is more. */
  truncated?: true;
}

const rds = (items: string): List => ({ items, limit: 'MaxRecords', size: 100, least: 20, most: 100, token: 'Marker' });
const byToken = (items: string, size: number): List => ({
  items,
  limit: 'MaxResults',
  size,
  most: 100,
  token: 'NextToken',
});
const inLowerCase = (items: string): List => ({
  items,
  limit: 'maxResults',
  size: 100,
  most: 100,
  token: 'nextToken',
});

const ofEc2 = (items: string): List => ({
  items,
  limit: 'MaxResults',
  size: 1_000,
  least: 5,
  most: 1_000,
  token: 'NextToken',
});

const loadBalancing = (items: string): List => ({
  items,
  limit: 'PageSize',
  size: 400,
  most: 400,
  token: 'Marker',
  next: 'NextMarker',
});

/** S3's objects and the records of Route 53 go on behind a name and not behind a token: they see to their own pages. */
const lists: Record<string, List> = {
  'applicationautoscaling:DescribeScalableTargets': { ...byToken('ScalableTargets', 50), most: 50 },
  'cloudwatch:DescribeAlarms': { items: 'MetricAlarms', limit: 'MaxRecords', size: 50, most: 100, token: 'NextToken' },
  'ec2:DescribeCapacityReservations': { ...ofEc2('CapacityReservations'), least: 1 },
  'ec2:DescribeSecurityGroups': ofEc2('SecurityGroups'),
  'ec2:DescribeSubnets': ofEc2('Subnets'),
  'ecs:ListClusters': inLowerCase('clusterArns'),
  'ecs:ListServices': { ...inLowerCase('serviceArns'), size: 10 },
  'eks:ListClusters': inLowerCase('clusters'),
  'eks:ListNodegroups': inLowerCase('nodegroups'),
  'elasticache:DescribeCacheClusters': rds('CacheClusters'),
  'elasticache:DescribeCacheParameterGroups': rds('CacheParameterGroups'),
  'elasticache:DescribeCacheSubnetGroups': rds('CacheSubnetGroups'),
  'elasticache:DescribeGlobalReplicationGroups': rds('GlobalReplicationGroups'),
  'elasticache:DescribeReplicationGroups': rds('ReplicationGroups'),
  'elasticache:DescribeSnapshots': { ...rds('Snapshots'), size: 50, most: 50 },
  'elasticloadbalancing:DescribeLoadBalancers': loadBalancing('LoadBalancers'),
  'elasticloadbalancing:DescribeTargetGroups': loadBalancing('TargetGroups'),
  'fis:ListExperiments': inLowerCase('experiments'),
  'globalaccelerator:ListAccelerators': byToken('Accelerators', 10),
  'globalaccelerator:ListEndpointGroups': byToken('EndpointGroups', 10),
  'globalaccelerator:ListListeners': byToken('Listeners', 10),
  'iam:SimulatePrincipalPolicy': {
    items: 'EvaluationResults',
    limit: 'MaxItems',
    size: 100,
    most: 1_000,
    token: 'Marker',
    truncated: true,
  },
  'kafka:ListClustersV2': byToken('ClusterInfoList', 100),
  'rds:DescribeDBClusterSnapshots': rds('DBClusterSnapshots'),
  'rds:DescribeDBClusters': rds('DBClusters'),
  'rds:DescribeDBInstanceAutomatedBackups': rds('DBInstanceAutomatedBackups'),
  'rds:DescribeDBInstances': rds('DBInstances'),
  'rds:DescribeDBParameterGroups': rds('DBParameterGroups'),
  'rds:DescribeDBSnapshots': rds('DBSnapshots'),
  'rds:DescribeDBSubnetGroups': rds('DBSubnetGroups'),
  'rds:DescribeEvents': rds('Events'),
  'rds:DescribeGlobalClusters': rds('GlobalClusters'),
  'rds:DescribeOptionGroups': rds('OptionGroupsList'),
  'rds:DescribeOrderableDBInstanceOptions': rds('OrderableDBInstanceOptions'),
  'route53:ListHostedZones': {
    items: 'HostedZones',
    limit: 'MaxItems',
    size: 100,
    most: 100,
    token: 'Marker',
    next: 'NextMarker',
    truncated: true,
  },
  's3:ListBuckets': {
    items: 'Buckets',
    limit: 'MaxBuckets',
    size: 10_000,
    most: 10_000,
    token: 'ContinuationToken',
  },
  'secretsmanager:ListSecrets': byToken('SecretList', 100),
  'sns:ListTopics': { items: 'Topics', size: 100, token: 'NextToken' },
};

interface Call {
  service: Service;
  region: string;
  operation: string;
}

/** One page of what an operation has to tell: as much as was asked for, or as AWS gives at once. */
export function pageOf(world: World, call: Call, input: object, answer: object): object {
  const list = lists[`${call.service}:${call.operation}`];
  if (!list) return answer;
  const { items, limit, size, least = 1, most = size, token, next = token, truncated } = list;
  const asked = input as Record<string, unknown>;
  const told = answer as Record<string, unknown>;
  const all = [...neighbours(world, call, input), ...((told[items] ?? []) as unknown[])];
  const wanted = Number((limit && asked[limit]) ?? size);
  if (wanted < least || wanted > most)
    throw awsError(
      'InvalidParameterValue',
      `Invalid value ${wanted} for ${limit}. Must be between ${least} and ${most}`,
    );
  const from = offsetIn(asked[token]);
  const until = from + wanted;
  const hasMore = until < all.length;
  return {
    ...answer,
    ...(items in told || all.length > 0 ? { [items]: all.slice(from, until) } : {}),
    ...(limit && limit in told && { [limit]: wanted }),
    ...(truncated && { IsTruncated: hasMore }),
    ...(hasMore && { [next]: Buffer.from(`after ${until}`).toString('base64url') }),
  };
}

function offsetIn(token: unknown): number {
  if (token === undefined || token === '') return 0;
  const offset = /^after (\d+)$/.exec(Buffer.from(String(token), 'base64url').toString())?.[1];
  if (offset === undefined) throw awsError('InvalidParameterValue', 'The request for the next page is not valid.');
  return Number(offset);
}
