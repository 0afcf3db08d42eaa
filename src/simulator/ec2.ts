import type { Input } from '../aws/aws.ts';
import { reservationsIn, subnetsIn } from './eks/reservations.ts';
import { awsError } from './faults.ts';
import { vpcIn } from './groups.ts';
import type { World } from './world.ts';

interface Narrowed {
  Filters?: { Name: string; Values: string[] }[];
}

/** EC2 as its API answers, as far as security groups, subnets and Capacity Reservations go. */
export const ec2 = {
  DescribeSecurityGroups(
    { groups, topology }: World,
    region: string,
    { GroupIds, ...narrowed }: Input<'ec2', 'DescribeSecurityGroups'>,
  ) {
    const there = groups.security.filter((one) => one.region === region);
    const found = those(
      there,
      { ids: GroupIds, missing: NO_GROUP, filters: { 'group-id': 'id', 'vpc-id': 'vpc' } },
      narrowed,
    );
    return {
      SecurityGroups: found.map(({ id, vpc, letsIn }) => ({
        GroupId: id,
        GroupName: id,
        OwnerId: topology.account,
        VpcId: vpc,
        IpPermissions: letsIn
          ? [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }]
          : [],
      })),
    };
  },

  DescribeSubnets(_: World, region: string, { SubnetIds, ...narrowed }: Input<'ec2', 'DescribeSubnets'>) {
    const filters = { 'subnet-id': 'id', 'availability-zone': 'zone' } as const;
    const found = those(subnetsIn(region), { ids: SubnetIds, missing: NO_SUBNET, filters }, narrowed);
    return {
      Subnets: found.map(({ id, zone }) => ({ SubnetId: id, VpcId: vpcIn(region), AvailabilityZone: zone })),
    };
  },

  DescribeCapacityReservations(
    world: World,
    region: string,
    { CapacityReservationIds, ...narrowed }: Input<'ec2', 'DescribeCapacityReservations'>,
  ) {
    const there = reservationsIn(world, region).map((one) => ({ ...one, state: one.total > 0 ? 'active' : 'expired' }));
    const filters = { state: 'state', 'instance-type': 'instanceType', 'availability-zone': 'zone' } as const;
    const found = those(there, { ids: CapacityReservationIds, missing: NO_RESERVATION, filters }, narrowed);
    return {
      CapacityReservations: found.map(({ id, zone, instanceType, total, free, matches, state }) => ({
        CapacityReservationId: id,
        OwnerId: world.topology.account,
        InstanceType: instanceType,
        InstancePlatform: 'Linux/UNIX',
        AvailabilityZone: zone,
        Tenancy: 'default',
        TotalInstanceCount: total,
        AvailableInstanceCount: free,
        State: state,
        InstanceMatchCriteria: matches,
      })),
    };
  },
};

/** What AWS calls something that is not there: its code, and its kind. */
type Missing = readonly [code: string, kind: string];
const NO_GROUP: Missing = ['InvalidGroup.NotFound', 'security group'];
const NO_SUBNET: Missing = ['InvalidSubnetID.NotFound', 'subnet ID'];
const NO_RESERVATION: Missing = ['InvalidCapacityReservationId.NotFound', 'capacity reservation'];

/** Those that are asked for by ID, and that all filters let through. */
function those<T extends { id: string }>(
  there: readonly T[],
  {
    ids,
    missing: [code, kind],
    filters,
  }: { ids: string[] | undefined; missing: Missing; filters: Record<string, keyof T> },
  { Filters = [] }: Narrowed,
): T[] {
  for (const id of ids ?? [])
    if (!there.some((one) => one.id === id)) throw awsError(code, `The ${kind} '${id}' does not exist`);
  const wanted = Filters.map(({ Name, Values }) => {
    const by = filters[Name];
    if (!by) throw awsError('InvalidParameterValue', `The filter '${Name}' is invalid`);
    return { by, values: Values };
  });
  return there
    .filter(({ id }) => !ids || ids.includes(id))
    .filter((one) => wanted.every(({ by, values }) => values.includes(String(one[by]))));
}
