import type { Input } from '../aws/aws.ts';
import { awsError } from './faults.ts';
import type { World } from './world.ts';

/** EC2 as its API answers, as far as security groups go. */
export const ec2 = {
  DescribeSecurityGroups(
    { groups, topology }: World,
    region: string,
    { GroupIds, Filters = [] }: Input<'ec2', 'DescribeSecurityGroups'>,
  ) {
    const there = groups.security.filter((one) => one.region === region);
    for (const id of GroupIds ?? [])
      if (!there.some((one) => one.id === id))
        throw awsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
    const filtered = Filters.map(({ Name, Values }) => ({ by: FILTERS[Name], values: Values, name: Name }));
    for (const { by, name } of filtered)
      if (!by) throw awsError('InvalidParameterValue', `The filter '${name}' is invalid`);
    const found = there
      .filter(({ id }) => !GroupIds || GroupIds.includes(id))
      .filter((one) => filtered.every(({ by, values }) => by && values.includes(one[by])));
    return {
      SecurityGroups: found.map(({ id, vpc, letsIn }) => ({
        GroupId: id,
        GroupName: id,
        OwnerId: topology.account,
        VpcId: vpc,
        IpPermissions: letsIn ? [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }] : [],
      })),
    };
  },
};

const FILTERS: Record<string, 'id' | 'vpc'> = { 'group-id': 'id', 'vpc-id': 'vpc' };
