import type { Nodegroup } from '@aws-sdk/client-eks';
import { regionalArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import {
  fact,
  type Look,
  type LookContext,
  type LookFor,
  looked,
  rootOf,
  together,
  UNSAID,
} from '../../../steps/account/look.ts';
import { quotaCalls, quotaPermissions } from '../../../steps/account/quotas.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { nodeQuotaLooks } from './node-quotas.ts';

type NodeGroupNeed = NeedOf<'node-group'>;
type Place = Pick<NodeGroupNeed, 'region' | 'cluster' | 'nodegroup'>;

/** A node group with its cluster, whether it would take its size, and whether quotas allow that. */
export const nodeGroupLook: LookFor<'node-group'> = {
  calls: ({ size }) => [
    'eks:DescribeCluster',
    'eks:DescribeNodegroup',
    ...(size ? ['cloudwatch:GetMetricData', ...quotaCalls] : []),
  ],
  permissions: ({ region, cluster, nodegroup, size }, account) => [
    {
      action: 'eks:DescribeCluster',
      resource: regionalArn({ service: 'eks', region, account, resource: `cluster/${cluster}` }),
    },
    {
      action: 'eks:DescribeNodegroup',
      resource: regionalArn({ service: 'eks', region, account, resource: `nodegroup/${cluster}/${nodegroup}/*` }),
    },
    ...(size ? [{ action: 'cloudwatch:GetMetricData', resource: '*' }, ...quotaPermissions] : []),
  ],
  subject: ({ nodegroup }) => nodegroup,
  async look(need, context) {
    const cluster = await looked(need.cluster, () => clusterLook(need, context), context);
    const group = await looked(need.nodegroup, () => groupLook(need, context), context);
    return together([cluster, group]);
  },
};

async function groupLook(need: NodeGroupNeed, context: LookContext): Promise<Look> {
  const group = await findNodeGroup(need, context);
  return together([compared(need, group), ...(await nodeQuotaLooks(need, group, context))]);
}

/** The group as EKS describes it; `undefined` when there is none of that name. */
export const findNodeGroup = ({ region, cluster, nodegroup }: Place, { aws }: Pick<LookContext, 'aws'>) =>
  found(async () => {
    const asked = { clusterName: cluster, nodegroupName: nodegroup };
    return (await aws.call('eks', region, 'DescribeNodegroup', asked)).nodegroup;
  });

/** Looks at the cluster that the group belongs to. */
async function clusterLook(described: Place, { aws }: LookContext): Promise<Look> {
  const { region, cluster } = described;
  const answer = await found(async () => (await aws.call('eks', region, 'DescribeCluster', { name: cluster })).cluster);
  const status = answer?.status ?? 'not there';
  const version = fact({ what: `${cluster} version`, topology: UNSAID, account: answer?.version ?? UNSAID });
  const row = { what: `${cluster} status`, topology: 'ACTIVE', account: status };
  if (status === 'ACTIVE') return together([fact(row), version]);
  const fix = `aws eks describe-cluster --region ${region} --name ${cluster} --query 'cluster.{status:status,health:health}'`;
  const why = 'The recovery region could not take over: nothing there would run the applications.';
  const what = `the cluster ${cluster} is ${status}`;
  // A cluster that is being updated goes on serving its API.
  const severity = status === 'UPDATING' ? warning : blocker;
  return together([fact(row, [severity(cluster, what, why, `See why: ${fix}`)]), version]);
}

/** Compares the group with what the failover will ask of it. */
function compared(described: NodeGroupNeed, group: Nodegroup | undefined): Look {
  const { nodegroup, size } = described;
  const row = (what: string, topology: string, account: string | undefined) => ({
    what: `${nodegroup} ${what}`,
    topology,
    account: account ?? UNSAID,
  });
  const { minSize, desiredSize, maxSize } = group?.scalingConfig ?? {};
  return {
    ...together([
      fact(row('status', 'ACTIVE', group?.status ?? 'not there'), nodeGroupFindings(described, group)),
      fact(
        row(
          'nodes',
          size ? `${size.min} to ${size.max}` : UNSAID,
          group && `${minSize} to ${maxSize}, now ${desiredSize}`,
        ),
        group ? sizeFindings(described, group) : [],
      ),
      fact(row('version', UNSAID, group?.version)),
    ]),
    arns: group?.nodegroupArn ? [group.nodegroupArn] : [],
  };
}

/** Whether the group would take another size. */
export function nodeGroupFindings({ region, cluster, nodegroup }: Place, group: Nodegroup | undefined): Finding[] {
  const issues = (group?.health?.issues ?? []).map(({ code, message }) => message ?? code ?? 'unknown');
  const told = issues.length === 0 ? '' : `: ${issues.join('; ')}`;
  const look = `aws eks describe-nodegroup --region ${region} --cluster-name ${cluster} --nodegroup-name ${nodegroup} --query nodegroup.health`;
  if (group?.status === 'ACTIVE') {
    if (issues.length === 0) return [];
    const why = 'What keeps a node from working today keeps nine from it in a disaster.';
    return [warning(nodegroup, `${nodegroup} is ACTIVE with health issues${told}`, why, `Fix them: ${look}`)];
  }
  const status = group?.status ?? 'not there';
  const fix =
    status === 'DEGRADED'
      ? `Look at its health issues; after a lack of capacity only a scale-out that succeeds makes it active again: ${look}`
      : status === 'UPDATING'
        ? 'Wait until its update is over: EKS takes one at a time.'
        : `Fix the node group: ${look}`;
  const why = 'It could not be scaled, and the applications would have no room in the recovery region.';
  return [blocker(nodegroup, `the node group ${nodegroup} is ${status}${told}`, why, fix)];
}

function sizeFindings(need: NodeGroupNeed, group: Nodegroup): Finding[] {
  const { region, cluster, nodegroup, size } = need;
  const max = group.scalingConfig?.maxSize ?? 0;
  if (!size) return [];
  const held = minimumFindings({ nodegroup, size });
  if (max >= size.max) return held;
  return [
    ...held,
    note(
      nodegroup,
      `${nodegroup} may have ${max} nodes at most; the failover sets ${size.max}`,
      'Raising a maximum in a disaster is one more thing that can be refused, and a cluster autoscaler stops at the old one.',
      `Set it before the drill: aws eks update-nodegroup-config --region ${region} --cluster-name ${cluster} --nodegroup-name ${nodegroup} --scaling-config maxSize=${size.max}`,
    ),
  ];
}

/** Cluster Autoscaler and Karpenter take nodes away that wait for pods, down to the group's minimum. */
function minimumFindings({
  nodegroup,
  size,
}: {
  nodegroup: string;
  size: { min: number; desired: number };
}): Finding[] {
  if (size.min >= size.desired) return [];
  const what = `${nodegroup} is to have ${size.desired} nodes, and a minimum of ${size.min}`;
  const why = 'A node autoscaler takes nodes without pods back to the minimum before the pods are started.';
  return [note(nodegroup, what, why, `Set min to ${size.desired} in the topology's size for the failover.`)];
}

const found = <T>(look: () => Promise<T>): Promise<T | undefined> =>
  look().catch((error: unknown) => {
    if (isAwsError(rootOf(error), 'ResourceNotFound')) return undefined;
    throw error;
  });
