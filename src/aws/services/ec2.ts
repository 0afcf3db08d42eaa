import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { partition } from '@aws-sdk/core/client';
import { AwsEc2QueryProtocol } from '@aws-sdk/core/protocols';
import { makeBuilder, ServiceException } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import { TypeRegistry } from '@smithy/core/schema';

/**
 * AWS's own client for EC2 takes 28 MB, for the three operations that are used here. What query clients have in common is that of another one;
 * what is EC2's own stands here. Source: AWS's API reference, version 2016-11-15.
 */
export class Client extends STSClient {
  constructor(settings: STSClientConfig) {
    super({ ...settings, ...own });
    Object.assign(this.config, { defaultSigningName: 'ec2' });
  }
}

const NAMESPACE = 'com.amazonaws.ec2';
const SYNTHETIC = `smithy.ts.sdk.synthetic.${NAMESPACE}`;
const ERROR = [-3, SYNTHETIC, 'EC2ServiceException', 0, [], []];

/** EC2 models no errors: only the code distinguishes them. */
function errors(): TypeRegistry {
  const registry = new TypeRegistry(SYNTHETIC);
  registry.registerError(ERROR as never, ServiceException);
  return registry;
}

const own = {
  apiVersion: '2016-11-15',
  serviceId: 'EC2',
  endpointProvider: ({ Endpoint, Region }: { Endpoint?: string; Region?: string }) => ({
    url: new URL(Endpoint ?? `https://ec2.${Region}.${partition(Region ?? '').dnsSuffix}`),
  }),
  httpAuthSchemeProvider: ({ region = '' }: { region?: string }) => [
    {
      schemeId: 'aws.auth#sigv4',
      signingProperties: { name: 'ec2', region },
      propertiesExtractor: (config: unknown, context: unknown) => ({ signingProperties: { config, context } }),
    },
  ],
  protocol: AwsEc2QueryProtocol,
  protocolSettings: {
    defaultNamespace: NAMESPACE,
    errorTypeRegistries: [errors()],
    xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15',
    version: '2016-11-15',
    serviceTarget: 'AmazonEC2',
  },
} as unknown as STSClientConfig;

/** A rule that lets someone in. */
export interface IpPermission {
  IpProtocol?: string | undefined;
  FromPort?: number | undefined;
  ToPort?: number | undefined;
  IpRanges?: { CidrIp?: string | undefined }[] | undefined;
  Ipv6Ranges?: { CidrIpv6?: string | undefined }[] | undefined;
}

export interface SecurityGroup {
  GroupId?: string | undefined;
  GroupName?: string | undefined;
  OwnerId?: string | undefined;
  VpcId?: string | undefined;
  IpPermissions?: IpPermission[] | undefined;
}

export interface Subnet {
  SubnetId?: string | undefined;
  VpcId?: string | undefined;
  AvailabilityZone?: string | undefined;
}

export interface CapacityReservation {
  CapacityReservationId?: string | undefined;
  OwnerId?: string | undefined;
  InstanceType?: string | undefined;
  InstancePlatform?: string | undefined;
  AvailabilityZone?: string | undefined;
  Tenancy?: string | undefined;
  TotalInstanceCount?: number | undefined;
  AvailableInstanceCount?: number | undefined;
  State?: string | undefined;
  /** Whether every instance that fits may use it, or only those that name it. */
  InstanceMatchCriteria?: string | undefined;
}

/** What each list takes beside the names of what is wanted. */
interface Narrowed {
  Filters?: { Name: string; Values: string[] }[];
  MaxResults?: number;
  NextToken?: string;
}

/** As the SDK writes its schemas: kinds of shapes, and the kinds of their members. */
const [LIST, STRUCTURE, OPERATION] = [1, 3, 9] as const;
const [TEXT, NUMBER] = [0, 1] as const;
const named = (kind: unknown, xmlName: string) => [kind, { xmlName }];
/** In requests, ec2Query numbers the items of a list behind its own name. */
const numbered = (kind: unknown, xmlName: string) => [kind, { xmlName, xmlFlattened: 1 }];
const structure = (name: string, members: Record<string, unknown>) => [
  STRUCTURE,
  NAMESPACE,
  name,
  0,
  Object.keys(members),
  Object.values(members),
];
const items = (name: string, of: unknown, xmlName = 'item') => [LIST, NAMESPACE, name, 0, [of, { xmlName }]];

/** A structure of answers, whose members are in lower case there. */
const answered = (name: string, members: Record<string, unknown>) =>
  structure(
    name,
    Object.fromEntries(
      Object.entries(members).map(([member, kind]) => [
        member,
        named(kind, `${member[0]?.toLowerCase()}${member.slice(1)}`),
      ]),
    ),
  );

const filters = numbered(
  items(
    'FilterList',
    structure('Filter', { Name: TEXT, Values: numbered(items('ValueStringList', TEXT), 'Value') }),
    'Filter',
  ),
  'Filter',
);

type Answer<T> = T & { $metadata: object };

/** An operation that lists: some by their names, or all that filters let through. */
function list<Input, Output>(
  operation: string,
  {
    ids: [asked, idName],
    answers: [told, setName],
    item,
  }: { ids: [string, string]; answers: [string, string]; item: unknown },
) {
  const schema = [
    OPERATION,
    NAMESPACE,
    operation,
    0,
    structure(`${operation}Request`, {
      [asked]: numbered(items(`${asked}List`, TEXT, idName), idName),
      NextToken: TEXT,
      MaxResults: NUMBER,
      Filters: filters,
    }),
    structure(`${operation}Result`, {
      NextToken: named(TEXT, 'nextToken'),
      [told]: named(items(`${told}List`, item), setName),
    }),
  ];
  return makeBuilder<STSClient['config'], object, Answer<object>>(
    {
      UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
      Endpoint: { type: 'builtInParams', name: 'endpoint' },
      Region: { type: 'builtInParams', name: 'region' },
    },
    'AmazonEC2',
    'EC2Client',
    getEndpointPlugin,
  )<Input & Narrowed, Answer<Output & { NextToken?: string }>>({}, () => [], operation, schema as never);
}

const DescribeSecurityGroups = list<{ GroupIds?: string[] }, { SecurityGroups?: SecurityGroup[] }>(
  'DescribeSecurityGroups',
  {
    ids: ['GroupIds', 'GroupId'],
    answers: ['SecurityGroups', 'securityGroupInfo'],
    item: answered('SecurityGroup', {
      GroupId: TEXT,
      GroupName: TEXT,
      OwnerId: TEXT,
      VpcId: TEXT,
      IpPermissions: items(
        'IpPermissionList',
        answered('IpPermission', {
          IpProtocol: TEXT,
          FromPort: NUMBER,
          ToPort: NUMBER,
          IpRanges: items('IpRangeList', answered('IpRange', { CidrIp: TEXT })),
          Ipv6Ranges: items('Ipv6RangeList', answered('Ipv6Range', { CidrIpv6: TEXT })),
        }),
      ),
    }),
  },
);

const DescribeSubnets = list<{ SubnetIds?: string[] }, { Subnets?: Subnet[] }>('DescribeSubnets', {
  ids: ['SubnetIds', 'SubnetId'],
  answers: ['Subnets', 'subnetSet'],
  item: answered('Subnet', { SubnetId: TEXT, VpcId: TEXT, AvailabilityZone: TEXT }),
});

const DescribeCapacityReservations = list<
  { CapacityReservationIds?: string[] },
  { CapacityReservations?: CapacityReservation[] }
>('DescribeCapacityReservations', {
  ids: ['CapacityReservationIds', 'CapacityReservationId'],
  answers: ['CapacityReservations', 'capacityReservationSet'],
  item: answered('CapacityReservation', {
    CapacityReservationId: TEXT,
    OwnerId: TEXT,
    InstanceType: TEXT,
    InstancePlatform: TEXT,
    AvailabilityZone: TEXT,
    Tenancy: TEXT,
    TotalInstanceCount: NUMBER,
    AvailableInstanceCount: NUMBER,
    State: TEXT,
    InstanceMatchCriteria: TEXT,
  }),
});

export const reads = { DescribeCapacityReservations, DescribeSecurityGroups, DescribeSubnets };
export const changes = {};
