import * as z from 'zod';
import { GLOBAL_REGION } from '../../aws/aws.ts';
import { arnOf, findInstance } from '../rds/instance.ts';
import { defineStep, type StepContext } from '../step.ts';
import { mustBeAccount } from './account.ts';
import { type Finding, judgeFindings } from './findings.ts';

const params = z.object({
  account: z.string(),
  primary: z.string(),
  recovery: z.string(),
  writer: z.string(),
  replica: z.string(),
  replicaGroups: z.object({ parameterGroup: z.string(), securityGroups: z.array(z.string()) }),
  cluster: z.string(),
  nodegroup: z.string(),
  nodesMax: z.int(),
  zone: z.string(),
  name: z.string(),
  ttlMs: z.number(),
  healthCheck: z.string().optional(),
});
type Params = z.output<typeof params>;

/** Compares the account with the topology before anything is touched. */
export const preflightFailover = defineStep<Params, { findings: number }>({
  kind: 'account.preflight-failover',
  params,
  plane: 'control',
  title: ({ account }) => `Check account ${account} against the topology`,
  calls: [
    'sts:GetCallerIdentity',
    'rds:DescribeDBInstances',
    'eks:DescribeCluster',
    'eks:DescribeNodegroup',
    'route53:ListResourceRecordSets',
    'route53:GetHealthCheck',
  ],
  permissions: ({ account, primary, recovery, writer, replica, cluster, nodegroup, zone, healthCheck }) => [
    { action: 'sts:GetCallerIdentity', resource: '*' },
    { action: 'rds:DescribeDBInstances', resource: arnOf(primary, account, writer) },
    { action: 'rds:DescribeDBInstances', resource: arnOf(recovery, account, replica) },
    { action: 'eks:DescribeCluster', resource: `arn:aws:eks:${recovery}:${account}:cluster/${cluster}` },
    {
      action: 'eks:DescribeNodegroup',
      resource: `arn:aws:eks:${recovery}:${account}:nodegroup/${cluster}/${nodegroup}/*`,
    },
    { action: 'route53:ListResourceRecordSets', resource: `arn:aws:route53:::hostedzone/${zone}` },
    ...(healthCheck
      ? [{ action: 'route53:GetHealthCheck', resource: `arn:aws:route53:::healthcheck/${healthCheck}` }]
      : []),
  ],
  command: ({ primary, recovery, writer, replica, cluster, nodegroup }) =>
    [
      'aws sts get-caller-identity',
      `aws rds describe-db-instances --region ${primary} --db-instance-identifier ${writer}`,
      `aws rds describe-db-instances --region ${recovery} --db-instance-identifier ${replica}`,
      `aws eks describe-nodegroup --region ${recovery} --cluster-name ${cluster} --nodegroup-name ${nodegroup}`,
    ].join(' && '),
  usuallyMs: () => 2_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(topology, context) {
    await mustBeAccount(topology.account, topology.recovery, context);
    const found = await Promise.all([
      databaseFindings(topology, context),
      clusterFindings(topology, context),
      trafficFindings(topology, context),
    ]);
    return judgeFindings(found.flat(), context);
  },
});

const blocker = (subject: string, what: string, mend: string): Finding => ({
  severity: 'blocker',
  subject,
  what,
  why: 'The failover would stop half way.',
  mend,
});

async function databaseFindings(topology: Params, context: StepContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  const writer = await findInstance(context, topology.primary, topology.writer);
  if (writer?.DBInstanceStatus !== 'available') {
    const what = `the writer ${topology.writer} is ${writer?.DBInstanceStatus ?? 'not there'}`;
    findings.push(blocker(topology.writer, what, 'Bring the writer back before a drill.'));
  }
  const replica = await findInstance(context, topology.recovery, topology.replica);
  if (!replica)
    return [
      ...findings,
      blocker(topology.replica, `the replica ${topology.replica} is not there`, 'Create the replica.'),
    ];
  if (replica.DBInstanceStatus !== 'available') {
    const what = `the replica ${topology.replica} is ${replica.DBInstanceStatus}`;
    findings.push(blocker(topology.replica, what, 'Wait until it is available.'));
  }
  if (!replica.ReadReplicaSourceDBInstanceIdentifier) {
    const what = `${topology.replica} is not a replica of anything`;
    findings.push(blocker(topology.replica, what, 'Build the replica again: a promoted one stays a writer.'));
  }
  if (replica.MultiAZ === false) {
    findings.push({
      severity: 'note',
      subject: topology.replica,
      what: `${topology.replica} runs in one availability zone`,
      why: 'Once promoted it is the only writer, and one zone can take it away.',
      mend: 'Make the replica Multi-AZ, or do so right after the failover.',
    });
  }
  const parameterGroup = replica.DBParameterGroups?.[0]?.DBParameterGroupName;
  if (parameterGroup !== topology.replicaGroups.parameterGroup) {
    findings.push({
      severity: 'warning',
      subject: topology.replica,
      what: `${topology.replica} has the parameter group ${parameterGroup}, not ${topology.replicaGroups.parameterGroup}`,
      why: 'The new writer would behave otherwise than the old one.',
      mend: 'Give the replica the parameter group that the topology names.',
    });
  }
  return findings;
}

async function clusterFindings(
  { recovery, cluster, nodegroup, nodesMax }: Params,
  { aws }: StepContext,
): Promise<Finding[]> {
  const { cluster: found } = await aws.call('eks', recovery, 'DescribeCluster', { name: cluster });
  const { nodegroup: group } = await aws.call('eks', recovery, 'DescribeNodegroup', {
    clusterName: cluster,
    nodegroupName: nodegroup,
  });
  const findings: Finding[] = [];
  if (found?.status !== 'ACTIVE')
    findings.push(blocker(cluster, `the cluster ${cluster} is ${found?.status}`, 'Mend the cluster.'));
  if (group?.status !== 'ACTIVE') {
    findings.push(
      blocker(
        nodegroup,
        `the node group ${nodegroup} is ${group?.status}`,
        group?.status === 'DEGRADED'
          ? 'Look at its health issues; after a lack of capacity only a scale-out that succeeds makes it active again.'
          : 'Wait until its update is over.',
      ),
    );
  }
  if ((group?.scalingConfig?.maxSize ?? 0) < nodesMax) {
    findings.push({
      severity: 'note',
      subject: nodegroup,
      what: `${nodegroup} may have ${group?.scalingConfig?.maxSize} nodes at most; the failover sets ${nodesMax}`,
      why: 'Raising a maximum in a disaster is one more call that can fail.',
      mend: 'Set the maximum beforehand.',
    });
  }
  return findings;
}

async function trafficFindings({ zone, name, ttlMs, healthCheck }: Params, { aws }: StepContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { ResourceRecordSets: sets } = await aws.call('route53', GLOBAL_REGION, 'ListResourceRecordSets', {
    HostedZoneId: zone,
    StartRecordName: name,
    StartRecordType: 'A',
  });
  const records = (sets ?? []).filter((set) => set.Name?.replace(/\.$/, '') === name && set.SetIdentifier);
  if (records.length < 2)
    findings.push(blocker(name, `${name} has no record for each region`, 'Create one record a region.'));
  for (const record of records) {
    if ((record.TTL ?? 0) * 1000 > ttlMs) {
      findings.push({
        severity: 'warning',
        subject: name,
        what: `${record.SetIdentifier} has a TTL of ${record.TTL} s; the topology says ${ttlMs / 1000} s`,
        why: 'Customers stay with the dead region for as long as that.',
        mend: 'Lower the TTL.',
      });
    }
  }
  if (healthCheck) {
    const { HealthCheck: check } = await aws.call('route53', GLOBAL_REGION, 'GetHealthCheck', {
      HealthCheckId: healthCheck,
    });
    if (check?.HealthCheckConfig?.Inverted) {
      findings.push(
        blocker(healthCheck, 'the health check is inverted already', 'Take the inversion of an earlier failover back.'),
      );
    }
  }
  return findings;
}
