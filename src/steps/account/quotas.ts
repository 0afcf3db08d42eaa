import type { Nodegroup } from '@aws-sdk/client-eks';
import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import { regionalArn } from '../../arn.ts';
import { isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { newestValue } from '../cloudwatch/metric.ts';
import type { NeedOf } from '../needs.ts';
import { blocker, type Finding, note, warning } from './findings.ts';
import { goesUnanswered, type Look, type LookContext, type LookFor, rootOf } from './look.ts';

type DescribedNodeGroup = Pick<NeedOf<'node-group'>, 'region' | 'nodegroup' | 'size'>;
type SizedNodeGroup = DescribedNodeGroup & { size: NonNullable<DescribedNodeGroup['size']> };

interface Quota {
  service: string;
  code: string;
  name: string;
}

// As `aws service-quotas list-service-quotas --service-code <service>` lists them; the codes are the same in every region.
const dbInstances: Quota = { service: 'rds', code: 'L-7B6409FD', name: 'DB instances' };
const dbSnapshots: Quota = { service: 'rds', code: 'L-272F1212', name: 'manual DB snapshots' };
const dbClusters: Quota = { service: 'rds', code: 'L-952B80B8', name: 'DB clusters' };
const dbClusterSnapshots: Quota = { service: 'rds', code: 'L-9B510759', name: 'manual DB cluster snapshots' };
const cacheNodes: Quota = { service: 'elasticache', code: 'L-DFE45DF3', name: 'cache nodes' };
const onDemandVcpus: Quota = { service: 'ec2', code: 'L-1216C47A', name: 'vCPUs of standard On-Demand instances' };
const nodesPerGroup: Quota = { service: 'eks', code: 'L-BD136A63', name: 'nodes in a managed node group' };

export const quotaCalls = ['servicequotas:GetServiceQuota', 'servicequotas:GetAWSDefaultServiceQuota'];

export const quotaPermissions = quotaCalls.map((action) => ({ action, resource: '*' }));

/** How many there are of what counts against a quota. */
const counted: Record<
  NeedOf<'quota'>['of'],
  { quota: Quota; call: string; used(region: string, context: LookContext): Promise<number> }
> = {
  'db-instances': {
    quota: dbInstances,
    call: 'rds:DescribeDBInstances',
    used: async (region, { aws }) =>
      (await listOf(aws, 'rds', region, 'DescribeDBInstances', 'DBInstances', {})).length,
  },
  'db-snapshots': {
    quota: dbSnapshots,
    call: 'rds:DescribeDBSnapshots',
    used: async (region, { aws }) =>
      (await listOf(aws, 'rds', region, 'DescribeDBSnapshots', 'DBSnapshots', { SnapshotType: 'manual' })).length,
  },
  'db-clusters': {
    quota: dbClusters,
    call: 'rds:DescribeDBClusters',
    used: async (region, { aws }) => (await listOf(aws, 'rds', region, 'DescribeDBClusters', 'DBClusters', {})).length,
  },
  'db-cluster-snapshots': {
    quota: dbClusterSnapshots,
    call: 'rds:DescribeDBClusterSnapshots',
    used: async (region, { aws }) => {
      const asked = { SnapshotType: 'manual' };
      return (await listOf(aws, 'rds', region, 'DescribeDBClusterSnapshots', 'DBClusterSnapshots', asked)).length;
    },
  },
  'cache-nodes': {
    quota: cacheNodes,
    call: 'elasticache:DescribeReplicationGroups',
    used: async (region, { aws }) => {
      const groups = await listOf(aws, 'elasticache', region, 'DescribeReplicationGroups', 'ReplicationGroups', {});
      return groups.reduce((sum, { MemberClusters = [] }) => sum + MemberClusters.length, 0);
    },
  },
};

/** Whether a region has room for what a drill makes. */
export const quotaLook: LookFor<'quota'> = {
  calls: ({ of }) => [counted[of].call, ...quotaCalls],
  // All of them, to count against the quota.
  permissions: ({ region, of }, account) => [
    ...{
      'db-instances': ['db:*'],
      'db-snapshots': ['db:*', 'snapshot:*'],
      'db-clusters': ['cluster:*'],
      'db-cluster-snapshots': ['cluster:*', 'cluster-snapshot:*'],
      'cache-nodes': ['replicationgroup:*'],
    }[of].map((resource) => ({
      action: counted[of].call,
      resource: regionalArn({ service: of === 'cache-nodes' ? 'elasticache' : 'rds', region, account, resource }),
    })),
    ...quotaPermissions,
  ],
  subject: () => 'quotas',
  look: ({ region, of, made }, context) => {
    const { quota, used: usedNow } = counted[of];
    return withQuota(region, quota, context, async ({ Value = 0 }) => {
      const used = await usedNow(region, context);
      const more = made.length;
      const row = { what: `${region} ${quota.name}`, topology: `${more} more`, account: `${used} of ${Value}` };
      if (used + more <= Value) return { rows: [row], findings: [] };
      const what = `${region} has ${used} of ${Value} ${quota.name}; the drill makes ${more} more`;
      return { rows: [row], findings: [tooFew(blocker, region, quota, what, used + more)] };
    });
  },
};

/** Whether a region has room for the nodes that a failover asks for. */
export async function nodeQuotaLooks(
  wanted: DescribedNodeGroup,
  group: Nodegroup | undefined,
  context: LookContext,
): Promise<Look[]> {
  const { size } = wanted;
  if (!size) return [];
  const sized = { ...wanted, size };
  return Promise.all([groupSizeLook(sized, context), ...(group ? [vcpuLook(sized, group, context)] : [])]);
}

async function groupSizeLook({ region, nodegroup, size }: SizedNodeGroup, context: LookContext): Promise<Look> {
  return withQuota(region, nodesPerGroup, context, async ({ Value = 0 }) => {
    const row = { what: `${region} ${nodesPerGroup.name}`, topology: `up to ${size.max}`, account: `${Value} allowed` };
    if (size.max <= Value) return { rows: [row], findings: [] };
    const what = `${nodegroup} is to have up to ${size.max} nodes; ${region} allows ${Value} a group`;
    const severity = size.desired > Value ? blocker : warning;
    return { rows: [row], findings: [tooFew(severity, region, nodesPerGroup, what, size.max)] };
  });
}

/** EC2 itself is not asked: the group names its instance types, and AWS/Usage how many vCPUs are in use. */
async function vcpuLook(
  { region, nodegroup, size }: SizedNodeGroup,
  group: Nodegroup,
  context: LookContext,
): Promise<Look> {
  const perNode = vcpusOf(group);
  if (perNode === undefined) {
    const what = `nobody can tell how many vCPUs the nodes of ${nodegroup} have`;
    const why = 'Whether the quota of the recovery region allows so many nodes is not known.';
    const mend = `Compare by hand: aws service-quotas get-service-quota --region ${region} --service-code ec2 --quota-code ${onDemandVcpus.code}`;
    return { rows: [], findings: [note(nodegroup, what, why, mend)] };
  }
  return withQuota(region, onDemandVcpus, context, async (quota) => {
    const limit = quota.Value ?? 0;
    const used = await usageOf(region, quota, context);
    const more = Math.max(0, size.desired - (group.scalingConfig?.desiredSize ?? 0)) * perNode;
    // Without a figure of what is in use, at least the nodes themselves must fit.
    const needed = used === undefined ? size.desired * perNode : used + more;
    const row = {
      what: `${region} ${onDemandVcpus.name}`,
      topology: `${more} more`,
      account: used === undefined ? `${limit} allowed` : `${used} of ${limit}`,
    };
    if (needed <= limit) return { rows: [row], findings: [] };
    const what = `${nodegroup} needs ${more} more vCPUs in ${region}, ${needed} in all; ${limit} are allowed`;
    return { rows: [row], findings: [tooFew(blocker, region, onDemandVcpus, what, needed)] };
  });
}

const tooFew = (severity: typeof blocker, region: string, { service, code }: Quota, what: string, wanted: number) =>
  severity(
    region,
    what,
    'A quota is raised in hours or days, and on the day everybody asks for it.',
    `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${wanted}`,
  );

/** Looks with a quota in hand; one that may not be asked for, or is not kept, is a note. */
async function withQuota(
  region: string,
  quota: Quota,
  context: LookContext,
  look: (quota: ServiceQuota) => Promise<Look>,
): Promise<Look> {
  try {
    return await look(await applied(region, quota, context));
  } catch (error) {
    if (!goesUnanswered(error) && !isMissing(error)) throw error;
    return { rows: [], findings: [unknown(region, quota, error as Error)] };
  }
}

const unknown = (region: string, { service, code, name }: Quota, { message }: Error): Finding =>
  note(
    region,
    `the quota of ${name} in ${region} is not known: ${message}`,
    'A quota that is too low stops a recovery half way.',
    `Allow servicequotas:GetServiceQuota, or look yourself: aws service-quotas get-service-quota --region ${region} --service-code ${service} --quota-code ${code}`,
  );

/** The account's own value; AWS's default, where nobody ever asked for another. */
async function applied(region: string, { service, code }: Quota, { aws }: LookContext): Promise<ServiceQuota> {
  const asked = { ServiceCode: service, QuotaCode: code };
  const own = aws.call('servicequotas', region, 'GetServiceQuota', asked).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    return aws.call('servicequotas', region, 'GetAWSDefaultServiceQuota', asked);
  });
  return (await own).Quota ?? {};
}

const isMissing = (error: unknown): boolean => isAwsError(rootOf(error), 'NoSuchResource');

/** What is in use, by the metric that the quota names; `undefined` where nobody publishes it. */
async function usageOf(
  region: string,
  { UsageMetric }: ServiceQuota,
  context: LookContext,
): Promise<number | undefined> {
  const { MetricNamespace: namespace, MetricName: name, MetricDimensions: dimensions } = UsageMetric ?? {};
  if (!namespace || !name) return undefined;
  const metric = { region, namespace, name, stat: 'Maximum' as const, periodMs: 5 * 60_000 };
  return newestValue({ ...metric, ...(dimensions && { dimensions }) }, context.clock.nowMs() - 60 * 60_000, context);
}

/** A node's vCPUs by the name of its type, the largest of several; `undefined` for kinds that the quota does not count. */
function vcpusOf({ capacityType, instanceTypes }: Nodegroup): number | undefined {
  if (capacityType !== 'ON_DEMAND' || !instanceTypes?.length) return undefined;
  const sizes = instanceTypes.map((type) => {
    const [, factor, size] = /^[acdhimrtz]\d\w*(?:-\w+)?\.(\d*)(large|xlarge)$/.exec(type) ?? [];
    if (size === undefined) return Number.NaN;
    return size === 'large' ? 2 : 4 * Number(factor || 1);
  });
  const largest = Math.max(...sizes);
  return Number.isNaN(largest) ? undefined : largest;
}
