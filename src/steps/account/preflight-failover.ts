import * as z from 'zod';
import { regionalArn } from '../../arn.ts';
import { arnOf, findInstance } from '../rds/instance.ts';
import { defineStep } from '../step.ts';
import { mustBeAccount } from './account.ts';
import { backupsLook, replicaBackupFindings } from './backups.ts';
import { describedTraffic } from './described-traffic.ts';
import { judgeFindings } from './findings.ts';
import { healthChecksLook } from './health-checks.ts';
import { describedInstance, instanceLook } from './instances.ts';
import { type Look, type LookContext, looked, PATIENCE_MS, together } from './look.ts';
import { clusterLook, describedNodeGroup, findNodeGroup, nodeGroupLook } from './node-groups.ts';
import { narrowedTo, neededPermissions, permissionsLook, simulationPermissions } from './permissions.ts';
import { nodeQuotaLooks, quotaPermissions } from './quotas.ts';
import { recordsLook, trafficCalls, trafficPermissions } from './records.ts';
import { replicationLook } from './replication.ts';
import { restoreParametersLook } from './restore-parameters.ts';

export const preflightFailoverParams = z.object({
  account: z.string(),
  writer: describedInstance,
  replica: describedInstance,
  retentionDays: z.number(),
  madeBy: z.enum(['rds', 'aws-backup']).optional(),
  lagMaxMs: z.number(),
  nodeGroup: describedNodeGroup,
  traffic: describedTraffic,
  needed: neededPermissions,
});
type Params = z.output<typeof preflightFailoverParams>;

const DAY = 86_400_000;

/** Compares the account with the topology before anything is touched. */
export const preflightFailover = defineStep<Params, { findings: number }>({
  kind: 'account.preflight-failover',
  patienceMs: PATIENCE_MS,
  params: preflightFailoverParams,
  plane: 'control',
  title: ({ account }) => `Check account ${account} against the topology`,
  calls: ({ traffic }) => [
    'sts:GetCallerIdentity',
    'rds:DescribeDBInstances',
    'rds:DescribeDBSnapshots',
    'cloudwatch:GetMetricData',
    'eks:DescribeCluster',
    'eks:DescribeNodegroup',
    ...trafficCalls(traffic),
    'servicequotas:GetServiceQuota',
    'servicequotas:GetAWSDefaultServiceQuota',
    'iam:GetRole',
    'iam:SimulatePrincipalPolicy',
  ],
  permissions({ account, writer, replica, nodeGroup: { region, cluster, nodegroup }, traffic }) {
    return [
      { action: 'sts:GetCallerIdentity', resource: '*' },
      { action: 'rds:DescribeDBInstances', resource: arnOf(writer.region, account, writer.identifier) },
      { action: 'rds:DescribeDBInstances', resource: arnOf(replica.region, account, replica.identifier) },
      { action: 'rds:DescribeDBSnapshots', resource: arnOf(writer.region, account, writer.identifier) },
      {
        action: 'rds:DescribeDBSnapshots',
        resource: regionalArn({ service: 'rds', region: writer.region, account, resource: 'snapshot:*' }),
      },
      { action: 'cloudwatch:GetMetricData', resource: '*' },
      {
        action: 'eks:DescribeCluster',
        resource: regionalArn({ service: 'eks', region, account, resource: `cluster/${cluster}` }),
      },
      {
        action: 'eks:DescribeNodegroup',
        resource: regionalArn({ service: 'eks', region, account, resource: `nodegroup/${cluster}/${nodegroup}/*` }),
      },
      ...trafficPermissions(traffic),
      ...quotaPermissions,
      ...simulationPermissions(account, replica.region),
    ];
  },
  command: ({ writer, replica, nodeGroup: { region, cluster, nodegroup } }) =>
    [
      'aws sts get-caller-identity',
      ...[writer, replica].map(
        (one) => `aws rds describe-db-instances --region ${one.region} --db-instance-identifier ${one.identifier}`,
      ),
      `aws eks describe-nodegroup --region ${region} --cluster-name ${cluster} --nodegroup-name ${nodegroup}`,
    ].join(' && '),
  usuallyMs: () => 2_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  settle: async (topology, context) =>
    judgeFindings((await lookForFailover(narrowedTo(topology, context), context)).findings, context),
});

/** Everything that a failover needs of the account, beside the topology. Rejects where the account is another one. */
export async function lookForFailover(topology: Params, context: LookContext): Promise<Look> {
  const { account, replica, traffic, needed } = topology;
  const caller = await mustBeAccount(account, replica.region, context);
  const found = together(
    await Promise.all([
      looked('databases', () => databasesLook(topology, context)),
      looked(topology.nodeGroup.cluster, () => clusterLook(topology.nodeGroup, context)),
      looked(topology.nodeGroup.nodegroup, () => nodesLook(topology, context)),
      looked(traffic.name, () => recordsLook(traffic, context)),
      looked('health checks', async () => together(await healthChecksLook(traffic, context))),
    ]),
  );
  return together([
    found,
    await permissionsLook({ caller, region: topology.replica.region }, needed, found.arns ?? [], context),
  ]);
}

async function databasesLook(topology: Params, context: LookContext): Promise<Look> {
  const { writer, replica, retentionDays, madeBy } = topology;
  const [oldWriter, newWriter] = await Promise.all(
    [writer, replica].map(({ region, identifier }) => findInstance(context, region, identifier)),
  );
  const looks = [instanceLook('writer', writer, oldWriter), instanceLook('replica', replica, newWriter)];
  if (oldWriter) {
    const backups = { retentionDays, madeBy, snapshotMaxAgeMs: DAY, restores: 'nothing' } as const;
    looks.push(restoreParametersLook(writer, oldWriter));
    looks.push(await looked('backups', () => backupsLook(writer, oldWriter, backups, context)));
  }
  if (newWriter) {
    const pair = { writer: oldWriter, replica: newWriter };
    looks.push(restoreParametersLook(replica, newWriter));
    looks.push(await looked('replication', () => replicationLook(topology, pair, context)));
    looks.push({ rows: [], findings: replicaBackupFindings(replica, newWriter) });
  }
  return together(looks);
}

async function nodesLook({ nodeGroup }: Params, context: LookContext): Promise<Look> {
  const group = await findNodeGroup(nodeGroup, context);
  return together([nodeGroupLook(nodeGroup, group), ...(await nodeQuotaLooks(nodeGroup, group, context))]);
}
