import * as z from 'zod';
import { arnOf, instanceOf } from '../rds/instance.ts';
import { defineStep } from '../step.ts';
import { type Finding, judgeFindings } from './findings.ts';

const params = z.object({
  cluster: z.object({ region: z.string(), cluster: z.string(), namespace: z.string() }),
  nodegroup: z.string(),
  replica: z.string(),
  deployments: z.array(z.string()),
});

/** Makes sure that the recovery region can take over before anything is changed there. */
export const validateRecovery = defineStep<z.output<typeof params>, { findings: number }>({
  kind: 'account.validate-recovery',
  params,
  plane: 'control',
  title: ({ cluster }) => `Validate ${cluster.region} before it takes over`,
  region: ({ cluster }) => cluster.region,
  calls: ['rds:DescribeDBInstances', 'eks:DescribeNodegroup'],
  permissions: ({ cluster: { region, cluster }, nodegroup, replica }, account) => [
    { action: 'rds:DescribeDBInstances', resource: arnOf(region, account, replica) },
    {
      action: 'eks:DescribeNodegroup',
      resource: `arn:aws:eks:${region}:${account}:nodegroup/${cluster}/${nodegroup}/*`,
    },
  ],
  command: ({ cluster, replica }) =>
    `aws rds describe-db-instances --region ${cluster.region} --db-instance-identifier ${replica}`,
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ cluster, nodegroup, replica, deployments }, context) {
    const findings: Finding[] = [];
    const block = (subject: string, what: string, mend: string) =>
      findings.push({ severity: 'blocker', subject, what, why: 'The recovery region could not take over.', mend });

    const instance = await instanceOf(context, cluster.region, replica);
    const status = instance.DBInstanceStatus ?? 'unknown';
    if (!['available', 'backing-up'].includes(status))
      block(replica, `${replica} is ${status}`, 'Wait until it is available.');

    const group = await context.aws.call('eks', cluster.region, 'DescribeNodegroup', {
      clusterName: cluster.cluster,
      nodegroupName: nodegroup,
    });
    if (group.nodegroup?.status !== 'ACTIVE')
      block(nodegroup, `${nodegroup} is ${group.nodegroup?.status}`, 'Mend the node group.');

    for (const name of deployments) {
      const deployment = await context.kubernetes.deployment(cluster, name, context.signal);
      if (deployment.ready === 0) {
        findings.push({
          severity: 'warning',
          subject: name,
          what: `${name} has no ready pod in standby`,
          why: 'A cold start takes longer than a warm one.',
          mend: 'Keep at least one replica warm.',
        });
      }
    }
    return judgeFindings(findings, context);
  },
});
