import type { Nodegroup } from '@aws-sdk/client-eks';
import { blocker, note, warning } from '../../../steps/account/findings.ts';
import type { Look, LookContext } from '../../../steps/account/look.ts';
import { type Quota, tooFew, usageOf, withQuota } from '../../../steps/account/quotas.ts';
import type { NeedOf } from '../../../steps/needs.ts';

type DescribedNodeGroup = Pick<NeedOf<'node-group'>, 'region' | 'nodegroup' | 'size'>;
type SizedNodeGroup = DescribedNodeGroup & { size: NonNullable<DescribedNodeGroup['size']> };

const onDemandVcpus: Quota = { service: 'ec2', code: 'L-1216C47A', name: 'vCPUs of standard On-Demand instances' };
const nodesPerGroup: Quota = { service: 'eks', code: 'L-BD136A63', name: 'nodes in a managed node group' };

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
    const what = `the number of vCPUs of the nodes of ${nodegroup} is unknown`;
    const why = 'Whether the quota of the recovery region allows so many nodes is not known.';
    const fix = `Compare by hand: aws service-quotas get-service-quota --region ${region} --service-code ec2 --quota-code ${onDemandVcpus.code}`;
    return { rows: [], findings: [note(nodegroup, what, why, fix)] };
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
