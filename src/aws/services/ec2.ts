import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { partition } from '@aws-sdk/core/client';
import { AwsEc2QueryProtocol } from '@aws-sdk/core/protocols';
import { makeBuilder, ServiceException } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import { TypeRegistry } from '@smithy/core/schema';

/**
 * AWS's own client for EC2 takes 28 MB, for the one operation that is used here. What query clients have in common is that of another one;
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

/** EC2 models no errors: each is told by its code alone. */
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

/** A rule that lets somebody in. */
export interface IpPermission {
  IpProtocol?: string | undefined;
  FromPort?: number | undefined;
  ToPort?: number | undefined;
}

export interface SecurityGroup {
  GroupId?: string | undefined;
  GroupName?: string | undefined;
  OwnerId?: string | undefined;
  VpcId?: string | undefined;
  IpPermissions?: IpPermission[] | undefined;
}

interface Filter {
  Name: string;
  Values: string[];
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

const group = structure('SecurityGroup', {
  GroupId: named(TEXT, 'groupId'),
  GroupName: named(TEXT, 'groupName'),
  OwnerId: named(TEXT, 'ownerId'),
  VpcId: named(TEXT, 'vpcId'),
  IpPermissions: named(
    items(
      'IpPermissionList',
      structure('IpPermission', {
        IpProtocol: named(TEXT, 'ipProtocol'),
        FromPort: named(NUMBER, 'fromPort'),
        ToPort: named(NUMBER, 'toPort'),
      }),
    ),
    'ipPermissions',
  ),
});

const describeSecurityGroups = [
  OPERATION,
  NAMESPACE,
  'DescribeSecurityGroups',
  0,
  structure('DescribeSecurityGroupsRequest', {
    GroupIds: numbered(items('GroupIdStringList', TEXT, 'groupId'), 'GroupId'),
    NextToken: TEXT,
    MaxResults: NUMBER,
    Filters: numbered(
      items(
        'FilterList',
        structure('Filter', { Name: TEXT, Values: numbered(items('ValueStringList', TEXT), 'Value') }),
        'Filter',
      ),
      'Filter',
    ),
  }),
  structure('DescribeSecurityGroupsResult', {
    NextToken: named(TEXT, 'nextToken'),
    SecurityGroups: named(items('SecurityGroupList', group), 'securityGroupInfo'),
  }),
];

type Answer<T> = T & { $metadata: object };

const DescribeSecurityGroups = makeBuilder<STSClient['config'], object, Answer<object>>(
  {
    UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
    Endpoint: { type: 'builtInParams', name: 'endpoint' },
    Region: { type: 'builtInParams', name: 'region' },
  },
  'AmazonEC2',
  'EC2Client',
  getEndpointPlugin,
)<
  { GroupIds?: string[]; Filters?: Filter[]; MaxResults?: number; NextToken?: string },
  Answer<{ SecurityGroups?: SecurityGroup[]; NextToken?: string }>
>({}, () => [], 'DescribeSecurityGroups', describeSecurityGroups as never);

export const reads = { DescribeSecurityGroups };
export const changes = {};
