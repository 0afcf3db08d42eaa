import { globalArn, nameIn, regionalArn } from '../arn.ts';
import type { Service } from '../aws/aws.ts';
import type { World } from './world.ts';

interface Call {
  service: Service;
  region: string;
  operation: string;
}

/** Something of others, by its number. */
type Neighbour = (name: string, arn: (resource: string) => string) => unknown;

interface Kind {
  make: Neighbour;
  /** What narrows a list: a request by name does not see the resources of others. */
  unless?: string;
  /** What names are asked to begin with. */
  prefix?: string;
  /** Whether those of the recovery region have other names, so that nobody takes them for counterparts. */
  apart?: true;
}

const kinds: Record<string, Kind> = {
  'cloudwatch:DescribeAlarms': { make: (AlarmName) => ({ AlarmName, StateValue: 'OK' }), unless: 'AlarmNames' },
  'ecs:ListClusters': { make: (name, arn) => arn(`cluster/${name}`), apart: true },
  'eks:ListClusters': { make: (name) => name, apart: true },
  'elasticache:DescribeGlobalReplicationGroups': {
    make: (GlobalReplicationGroupId) => ({ GlobalReplicationGroupId, Status: 'primary-only', Members: [] }),
    unless: 'GlobalReplicationGroupId',
  },
  'elasticache:DescribeReplicationGroups': {
    make: (ReplicationGroupId, arn) => ({
      ReplicationGroupId,
      Status: 'available',
      ARN: arn(`replicationgroup:${ReplicationGroupId}`),
      MemberClusters: [`${ReplicationGroupId}-001`],
    }),
    unless: 'ReplicationGroupId',
  },
  'globalaccelerator:ListAccelerators': {
    make: (Name, arn) => ({
      Name,
      AcceleratorArn: arn(`accelerator/${Name}`),
      DnsName: `${Name}.awsglobalaccelerator.com`,
    }),
  },
  'kafka:ListClustersV2': {
    make: (ClusterName, arn) => ({
      ClusterName,
      ClusterArn: arn(`cluster/${ClusterName}/00000000-0000-4000-8000-000000000000-1`),
      ClusterType: 'PROVISIONED',
      State: 'ACTIVE',
    }),
    prefix: 'ClusterNameFilter',
    apart: true,
  },
  'rds:DescribeDBClusters': {
    make: (DBClusterIdentifier, arn) => ({
      DBClusterIdentifier,
      DBClusterArn: arn(`cluster:${DBClusterIdentifier}`),
      Status: 'available',
    }),
    unless: 'DBClusterIdentifier',
  },
  'rds:DescribeDBInstances': {
    make: (DBInstanceIdentifier, arn) => ({
      DBInstanceIdentifier,
      DBInstanceArn: arn(`db:${DBInstanceIdentifier}`),
      DBInstanceStatus: 'available',
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'postgres',
    }),
    unless: 'DBInstanceIdentifier',
  },
  'rds:DescribeGlobalClusters': {
    make: (GlobalClusterIdentifier) => ({ GlobalClusterIdentifier, Status: 'available', GlobalClusterMembers: [] }),
    unless: 'GlobalClusterIdentifier',
  },
  'route53:ListHostedZones': {
    make: (name) => ({ Id: `/hostedzone/${name.toUpperCase()}`, Name: `${name}.example.net.`, CallerReference: name }),
  },
  'sns:ListTopics': { make: (name, arn) => ({ TopicArn: arn(name) }) },
};

const NAME = /^(an)?other-\d{4}$/i;

/** What others have in the same account, of the kind that a list is of; it stands before what the drill is about. */
export function neighbours({ simulation, topology }: World, call: Call, input: object): unknown[] {
  const { service, region, operation } = call;
  const kind = kinds[`${service}:${operation}`];
  const asked = input as Record<string, unknown>;
  if (!kind || simulation.neighbours === 0 || (kind.unless && asked[kind.unless] !== undefined)) return [];
  const { account, regions } = topology;
  const usual = kind.apart && region === regions.recovery ? 'another' : 'other';
  const begins = (kind.prefix && asked[kind.prefix]) || usual;
  const arn = (resource: string) =>
    (service === 'globalaccelerator' ? globalArn : regionalArn)({ service, region, account, resource });
  return Array.from({ length: simulation.neighbours }, (_, index) =>
    kind.make(`${begins}-${String(index + 1).padStart(4, '0')}`, arn),
  );
}

/** How the resources of others appear: they exist, and are empty. */
export function ofNeighbour({ service, operation }: Call, input: object): object | undefined {
  const { cluster = '', clusterName = '', HostedZoneId = '' } = input as Record<string, string | undefined>;
  if (service === 'ecs' && operation === 'ListServices' && NAME.test(nameIn(cluster))) return { serviceArns: [] };
  if (service === 'eks' && operation === 'ListNodegroups' && NAME.test(clusterName)) return { nodegroups: [] };
  if (service === 'route53' && operation === 'ListResourceRecordSets' && NAME.test(HostedZoneId))
    return { ResourceRecordSets: [], IsTruncated: false, MaxItems: 300 };
  return undefined;
}
