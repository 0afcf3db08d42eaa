import * as z from 'zod';
import { regionalArn } from '../../arn.ts';
import { accessNeed, clusterPermissions } from '../kubernetes/cluster.ts';
import { arnOf, instanceOf } from '../rds/instance.ts';
import { defineStep } from '../step.ts';
import { deploymentsIn } from './deployments.ts';
import { judgeFindings } from './findings.ts';
import { statusFindings } from './instances.ts';
import { findNodeGroup, nodeGroupFindings } from './node-groups.ts';

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
  needs: ({ cluster, nodegroup, replica, deployments }) => [
    { need: 'rds-instance', region: cluster.region, instance: replica, state: 'serving', role: 'replica' },
    { need: 'node-group', region: cluster.region, cluster: cluster.cluster, nodegroup },
    { need: 'deployments', cluster, deployments, warm: true },
    accessNeed(cluster, ['get deployments.apps']),
  ],
  plane: 'control',
  title: ({ cluster }) => `Validate ${cluster.region} before it takes over`,
  region: ({ cluster }) => cluster.region,
  calls: ['rds:DescribeDBInstances', 'eks:DescribeNodegroup'],
  permissions: ({ cluster, nodegroup, replica }, account) => [
    { action: 'rds:DescribeDBInstances', resource: arnOf(cluster.region, account, replica) },
    {
      action: 'eks:DescribeNodegroup',
      resource: regionalArn({
        service: 'eks',
        region: cluster.region,
        account,
        resource: `nodegroup/${cluster.cluster}/${nodegroup}/*`,
      }),
    },
    ...clusterPermissions(cluster, account),
  ],
  command: ({ cluster, replica }) =>
    `aws rds describe-db-instances --region ${cluster.region} --db-instance-identifier ${replica}`,
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ cluster, nodegroup, replica, deployments }, context) {
    const described = { region: cluster.region, cluster: cluster.cluster, nodegroup };
    // One after another: nothing is left under way when one of them fails.
    const { DBInstanceStatus: status } = await instanceOf(context, cluster.region, replica);
    const group = await findNodeGroup(described, context);
    const { findings } = await deploymentsIn({ cluster, deployments }, context);
    return judgeFindings(
      [...statusFindings('replica', replica, status), ...nodeGroupFindings(described, group), ...findings],
      context,
    );
  },
});
