import { regionalArn } from '../../../arn.ts';
import type { Output } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import { blocker, type Finding } from '../../../steps/account/findings.ts';
import type { LookContext, LookFor } from '../../../steps/account/look.ts';
import { orNone } from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { findInstance, INSTANCE_LOOK, instancePermissions } from '../../rds/instance.ts';

type IpPermission = NonNullable<
  NonNullable<Output<'ec2', 'DescribeSecurityGroups'>['SecurityGroups']>[number]['IpPermissions']
>[number];
type SecurityNeed = NeedOf<'security-groups'>;

/** Security groups that an instance is put into: all in its network, and the quarantine without a rule that lets anyone in. */
export const securityGroupsLook: LookFor<'security-groups'> = {
  calls: ({ instance }) => [
    'ec2:DescribeSecurityGroups',
    instance === undefined ? 'rds:DescribeDBSubnetGroups' : INSTANCE_LOOK,
  ],
  permissions: ({ region, instance, subnetGroup = '' }, account) => [
    { action: 'ec2:DescribeSecurityGroups', resource: '*' },
    ...(instance === undefined
      ? [
          {
            action: 'rds:DescribeDBSubnetGroups',
            resource: regionalArn({ service: 'rds', region, account, resource: `subgrp:${subnetGroup}` }),
          },
        ]
      : instancePermissions(region, account, instance)),
  ],
  subject: ({ groups }) => `security groups ${groups.join(', ')}`,
  async look(need, context) {
    const { region, groups, quarantine, reader } = need;
    const [vpc, found] = await Promise.all([
      vpcOf(need, context),
      listOf(context.aws, 'ec2', region, 'DescribeSecurityGroups', 'SecurityGroups', {
        Filters: [{ Name: 'group-id', Values: groups }],
      }),
    ]);
    const looks = groups.map((id) => {
      const group = found.find(({ GroupId }) => GroupId === id);
      const letsIn = group?.IpPermissions?.length ?? 0;
      const what = !group
        ? `there is no security group ${id} in ${region}`
        : vpc !== undefined && group.VpcId !== vpc
          ? `the security group ${id} is in ${group.VpcId}, and the instance in ${vpc}`
          : id === quarantine && letsIn > 0
            ? `the quarantine group ${id} has ${letsIn} inbound ${letsIn === 1 ? 'rule' : 'rules'}`
            : id === reader && letsIn === 0
              ? `the reader group ${id} has no inbound rule`
              : id === reader && group.IpPermissions?.some(letsEverybodyIn)
                ? `the reader group ${id} lets everybody in`
                : undefined;
      const account = group ? `there, ${letsIn} inbound ${letsIn === 1 ? 'rule' : 'rules'}` : 'not there';
      return {
        row: {
          what: `security group ${id} in ${region}`,
          topology: id === quarantine ? 'lets nobody in' : id === reader ? 'lets the drill in' : 'there',
          account,
        },
        findings: what === undefined ? [] : [finding(id, what, region, why(id === quarantine, id === reader))],
      };
    });
    return { rows: looks.map(({ row }) => row), findings: looks.flatMap(({ findings }) => findings) };
  },
};

const letsEverybodyIn = ({ IpRanges = [], Ipv6Ranges = [] }: IpPermission): boolean =>
  IpRanges.some(({ CidrIp }) => CidrIp === '0.0.0.0/0') || Ipv6Ranges.some(({ CidrIpv6 }) => CidrIpv6 === '::/0');

const why = (isQuarantine: boolean, isReader: boolean): string =>
  isQuarantine
    ? 'The old writer could not be fenced, and there could be two writers.'
    : isReader
      ? 'The drill reads the old writer through it, and nothing else may connect.'
      : 'RDS refuses to use it.';

const finding = (id: string, what: string, region: string, reason: string): Finding =>
  blocker(
    id,
    what,
    reason,
    `Correct the topology, or the group: aws ec2 describe-security-groups --region ${region} --filters Name=group-id,Values=${id}`,
  );

/** The network that the instance is in, or is made in. */
async function vpcOf(
  { region, instance, subnetGroup: DBSubnetGroupName = '' }: SecurityNeed,
  context: LookContext,
): Promise<string | undefined> {
  if (instance !== undefined) return (await findInstance(context, region, instance))?.DBSubnetGroup?.VpcId;
  const asked = { DBSubnetGroupName };
  const groups = listOf(context.aws, 'rds', region, 'DescribeDBSubnetGroups', 'DBSubnetGroups', asked);
  return (await orNone(groups, 'DBSubnetGroupNotFound'))?.VpcId;
}
