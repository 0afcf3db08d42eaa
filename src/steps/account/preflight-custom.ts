import * as z from 'zod';
import { regionalArn } from '../../arn.ts';
import { arnOf, findInstance } from '../rds/instance.ts';
import { defineStep } from '../step.ts';
import { mustBeAccount } from './account.ts';
import { describedTraffic } from './described-traffic.ts';
import { judgeFindings } from './findings.ts';
import { healthChecksLook } from './health-checks.ts';
import { describedInstance, instanceLook } from './instances.ts';
import { type Look, type LookContext, looked, PATIENCE_MS, together } from './look.ts';
import { clusterLook, describedNodeGroup, findNodeGroup, nodeGroupLook } from './node-groups.ts';
import { narrowedTo, neededPermissions, permissionsLook, simulationPermissions } from './permissions.ts';
import { recordsLook, trafficCalls, trafficPermissions } from './records.ts';

const params = z.object({
  account: z.string(),
  region: z.string(),
  /** What the drill's steps touch, as the topology describes it. */
  instances: z.array(describedInstance.extend({ role: z.enum(['writer', 'replica']) })),
  nodeGroup: describedNodeGroup.nullable(),
  traffic: describedTraffic.nullable(),
  needed: neededPermissions,
});
type Params = z.output<typeof params>;

/** Checks that the account is the topology's, that what the steps touch is as described, and that the caller may do what they do. */
export const preflightCustom = defineStep<Params, { findings: number }>({
  kind: 'account.preflight-custom',
  patienceMs: PATIENCE_MS,
  params,
  plane: 'control',
  title: ({ account }) => `Check account ${account} against the topology, as far as the steps go`,
  calls: ({ traffic }) => [
    'sts:GetCallerIdentity',
    'rds:DescribeDBInstances',
    'eks:DescribeCluster',
    'eks:DescribeNodegroup',
    ...(traffic ? trafficCalls(traffic) : ['route53:ListResourceRecordSets', 'route53:GetHealthCheck']),
    'iam:GetRole',
    'iam:SimulatePrincipalPolicy',
  ],
  permissions: ({ account, region, instances, nodeGroup, traffic }) => [
    { action: 'sts:GetCallerIdentity', resource: '*' },
    ...instances.map(({ region, identifier }) => ({
      action: 'rds:DescribeDBInstances',
      resource: arnOf(region, account, identifier),
    })),
    ...(nodeGroup ? nodeGroupPermissions(nodeGroup, account) : []),
    ...(traffic ? trafficPermissions(traffic) : []),
    ...simulationPermissions(account, region),
  ],
  command: ({ region, instances }) =>
    [
      `aws sts get-caller-identity --region ${region}`,
      ...instances.map(
        (one) => `aws rds describe-db-instances --region ${one.region} --db-instance-identifier ${one.identifier}`,
      ),
    ].join(' && '),
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  settle: async (wanted, context) =>
    judgeFindings((await lookForCustom(narrowedTo(wanted, context), context)).findings, context),
});

const nodeGroupPermissions = ({ region, cluster, nodegroup }: NonNullable<Params['nodeGroup']>, account: string) => [
  {
    action: 'eks:DescribeCluster',
    resource: regionalArn({ service: 'eks', region, account, resource: `cluster/${cluster}` }),
  },
  {
    action: 'eks:DescribeNodegroup',
    resource: regionalArn({ service: 'eks', region, account, resource: `nodegroup/${cluster}/${nodegroup}/*` }),
  },
];

/** What the drill needs of the account, as far as its steps touch it. Rejects where the account is another one. */
export async function lookForCustom(wanted: Params, context: LookContext): Promise<Look> {
  const { account, region, instances, nodeGroup, traffic, needed } = wanted;
  const caller = await mustBeAccount(account, region, context);
  const looks = [
    ...instances.map((one) =>
      looked(one.identifier, async () =>
        instanceLook(one.role, one, await findInstance(context, one.region, one.identifier)),
      ),
    ),
    ...(nodeGroup
      ? [
          looked(nodeGroup.cluster, () => clusterLook(nodeGroup, context)),
          looked(nodeGroup.nodegroup, async () => nodeGroupLook(nodeGroup, await findNodeGroup(nodeGroup, context))),
        ]
      : []),
    ...(traffic
      ? [
          looked(traffic.name, () => recordsLook(traffic, context)),
          looked('health checks', async () => together(await healthChecksLook(traffic, context))),
        ]
      : []),
  ];
  const found = together(await Promise.all(looks));
  return together([found, await permissionsLook({ caller, region }, needed, found.arns ?? [], context)]);
}
