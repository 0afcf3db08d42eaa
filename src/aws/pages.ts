import { DrillError } from '../errors.ts';
import type { Aws, CallOptions, Input, Operation, Output, Service } from './aws.ts';

type Key = { [S in Service]: `${S}:${Operation<S>}` }[Service];

const MARKER = { Marker: 'Marker' };
const NEXT_TOKEN = { NextToken: 'NextToken' };
const NEXT_MARKER = { Marker: 'NextMarker' };
const nextToken = { nextToken: 'nextToken' };

/** Every operation that answers in pages: what the request for the next one is given, by what the answer calls it. */
export const paged = {
  'applicationautoscaling:DescribeScalableTargets': NEXT_TOKEN,
  'cloudwatch:DescribeAlarms': NEXT_TOKEN,
  'cloudwatch:GetMetricData': NEXT_TOKEN,
  'dynamodb:ListTables': { ExclusiveStartTableName: 'LastEvaluatedTableName' },
  'dynamodb:ListTagsOfResource': NEXT_TOKEN,
  'dynamodb:Query': { ExclusiveStartKey: 'LastEvaluatedKey' },
  'dynamodb:Scan': { ExclusiveStartKey: 'LastEvaluatedKey' },
  'ecs:ListClusters': nextToken,
  'ecs:ListServices': nextToken,
  'eks:ListClusters': nextToken,
  'eks:ListNodegroups': nextToken,
  'elasticache:DescribeCacheClusters': MARKER,
  'ec2:DescribeCapacityReservations': NEXT_TOKEN,
  'ec2:DescribeSecurityGroups': NEXT_TOKEN,
  'ec2:DescribeSubnets': NEXT_TOKEN,
  'elasticache:DescribeCacheParameterGroups': MARKER,
  'elasticache:DescribeCacheSubnetGroups': MARKER,
  'elasticache:DescribeGlobalReplicationGroups': MARKER,
  'elasticache:DescribeReplicationGroups': MARKER,
  'elasticache:DescribeSnapshots': MARKER,
  'elasticloadbalancing:DescribeLoadBalancers': NEXT_MARKER,
  'elasticloadbalancing:DescribeTargetGroups': NEXT_MARKER,
  'fis:ListExperiments': nextToken,
  'globalaccelerator:ListAccelerators': NEXT_TOKEN,
  'globalaccelerator:ListEndpointGroups': NEXT_TOKEN,
  'globalaccelerator:ListListeners': NEXT_TOKEN,
  'iam:SimulatePrincipalPolicy': MARKER,
  'kafka:ListClustersV2': NEXT_TOKEN,
  'rds:DescribeDBClusterSnapshots': MARKER,
  'rds:DescribeDBClusters': MARKER,
  'rds:DescribeDBInstanceAutomatedBackups': MARKER,
  'rds:DescribeDBInstances': MARKER,
  'rds:DescribeDBParameterGroups': MARKER,
  'rds:DescribeDBSnapshots': MARKER,
  'rds:DescribeDBSubnetGroups': MARKER,
  'rds:DescribeEvents': MARKER,
  'rds:DescribeGlobalClusters': MARKER,
  'rds:DescribeOptionGroups': MARKER,
  'rds:DescribeOrderableDBInstanceOptions': MARKER,
  'route53:ListHostedZones': NEXT_MARKER,
  'route53:ListResourceRecordSets': {
    StartRecordName: 'NextRecordName',
    StartRecordType: 'NextRecordType',
    StartRecordIdentifier: 'NextRecordIdentifier',
  },
  's3:ListBuckets': { ContinuationToken: 'ContinuationToken' },
  's3:ListObjectVersions': { KeyMarker: 'NextKeyMarker', VersionIdMarker: 'NextVersionIdMarker' },
  's3:ListObjectsV2': { ContinuationToken: 'NextContinuationToken' },
  'secretsmanager:ListSecrets': NEXT_TOKEN,
  'sns:ListTopics': NEXT_TOKEN,
} as const satisfies Partial<Record<Key, Readonly<Record<string, string>>>>;

type PagedKey = keyof typeof paged;
export type PagedOperation<S extends Service> = Operation<S> &
  { [K in PagedKey]: K extends `${S}:${infer O}` ? O : never }[PagedKey];

/**
 * The pages of a list, to the last one, or until the caller has seen enough. An operation of the table above is called in no other way.
 * Fails with `list-endless` where AWS names the same next page again, and with `list-cut` where it says that there is one, and not which.
 */
export async function* pagesOf<S extends Service, O extends PagedOperation<S>>(
  aws: Aws,
  service: S,
  region: string,
  operation: O,
  input: Input<S, O>,
  options?: CallOptions,
): AsyncGenerator<Output<S, O>, void, undefined> {
  const members: Readonly<Record<string, string>> = paged[`${service}:${operation}` as PagedKey];
  const seen = new Set<string>();
  for (let next: object = {}; ; ) {
    const page = await aws.call(service, region, operation, { ...(input as object), ...next } as Input<S, O>, options);
    yield page;
    const told = page as Record<string, unknown>;
    const isTruncated = told.IsTruncated;
    if (isTruncated === false) return;
    next = Object.fromEntries(
      Object.entries(members).flatMap(([asked, given]) => (told[given] ? [[asked, told[given]]] : [])),
    );
    const key = JSON.stringify(next);
    const list = `The list that ${service} ${operation} gives in ${region}`;
    const hint = 'See what answers for AWS there: a proxy may be in between.';
    if (key === '{}') {
      if (isTruncated !== true) return;
      throw new DrillError('list-cut', `${list} has more pages, and the response does not say how to get them.`, {
        hint,
      });
    }
    if (seen.has(key))
      throw new DrillError('list-endless', `${list} never ends: a page names itself as its next.`, { hint });
    seen.add(key);
  }
}

/** The members of an answer that are lists. */
type ListIn<Out> = { [K in keyof Out]-?: NonNullable<Out[K]> extends readonly unknown[] ? K : never }[keyof Out];
type ItemIn<Out, K extends keyof Out> = NonNullable<Out[K]> extends readonly (infer I)[] ? I : never;

/** Everything that a list holds on all its pages. */
export async function listOf<S extends Service, O extends PagedOperation<S>, K extends ListIn<Output<S, O>>>(
  aws: Aws,
  service: S,
  region: string,
  operation: O,
  items: K,
  input: Input<S, O>,
  options?: CallOptions,
): Promise<ItemIn<Output<S, O>, K>[]> {
  const all: ItemIn<Output<S, O>, K>[] = [];
  for await (const page of pagesOf(aws, service, region, operation, input, options))
    all.push(...((page[items] ?? []) as ItemIn<Output<S, O>, K>[]));
  return all;
}
