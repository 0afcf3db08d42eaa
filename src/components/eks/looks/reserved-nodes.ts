import type { Nodegroup } from '@aws-sdk/client-eks';
import { regionalArn } from '../../../arn.ts';
import { isAwsError, type Output } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import {
  goesUnanswered,
  type Look,
  type LookContext,
  type LookFor,
  rootOf,
  together,
} from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { findNodeGroup } from './node-groups.ts';

type Group = NeedOf<'reserved-nodes'>['groups'][number] & { region: string };
type Reservation = NonNullable<Output<'ec2', 'DescribeCapacityReservations'>['CapacityReservations']>[number];

const ec2Calls = ['ec2:DescribeCapacityReservations', 'ec2:DescribeSubnets'];

/** Whether Capacity Reservations cover the nodes that node groups of the recovery region get in a failover. */
export const reservedNodesLook: LookFor<'reserved-nodes'> = {
  calls: () => ['eks:DescribeNodegroup', ...ec2Calls],
  permissions: ({ region, groups }, account) => [
    ...groups.map(({ cluster, nodegroup }) => ({
      action: 'eks:DescribeNodegroup',
      resource: regionalArn({ service: 'eks', region, account, resource: `nodegroup/${cluster}/${nodegroup}/*` }),
    })),
    ...ec2Calls.map((action) => ({ action, resource: '*' })),
  ],
  subject: () => 'Capacity Reservations',
  async look({ region, groups }, context) {
    const rooms = new Rooms();
    const looks: Look[] = [];
    // One after another: what one group counts on is no longer there for the next. Those that need it come first.
    for (const one of groups.toSorted((a, b) => Number(b.reservations.required) - Number(a.reservations.required)))
      looks.push(await groupLook({ ...one, region }, rooms, context));
    return together(looks);
  },
};

/** What is free in the reservations of a region, less what groups before count on. */
class Rooms {
  readonly #taken = new Map<string, number>();

  freeIn = ({ CapacityReservationId: id = '', AvailableInstanceCount: free = 0 }: Reservation): number =>
    free - (this.#taken.get(id) ?? 0);

  /** Takes room for so many, evenly over the zones as an Auto Scaling group does; gives how many find room, and in which zones. */
  take(reservations: readonly Reservation[], wanted: number): { count: number; zones: string[] } {
    const zones = new Map<string, number>();
    for (let count = 0; count < wanted; count += 1) {
      const [next] = reservations
        .filter((one) => this.freeIn(one) > 0)
        .toSorted((a, b) => (zones.get(zoneOf(a)) ?? 0) - (zones.get(zoneOf(b)) ?? 0));
      if (!next) return { count, zones: [...zones.keys()] };
      const id = next.CapacityReservationId ?? '';
      this.#taken.set(id, (this.#taken.get(id) ?? 0) + 1);
      zones.set(zoneOf(next), (zones.get(zoneOf(next)) ?? 0) + 1);
    }
    return { count: wanted, zones: [...zones.keys()] };
  }
}

const zoneOf = ({ AvailabilityZone = '' }: Reservation): string => AvailabilityZone;

async function groupLook(need: Group, rooms: Rooms, context: LookContext): Promise<Look> {
  const { aws } = context;
  const group = await findNodeGroup(need, context);
  const more = need.desired - (group?.scalingConfig?.desiredSize ?? 0);
  // That it is not there, the group's own look tells.
  if (!group || more <= 0) return { rows: [], findings: [] };
  const untold = (why: string) => ({ rows: [], findings: [unknown(need, why)] });
  const { capacityType = 'ON_DEMAND' } = group;
  if (capacityType !== 'ON_DEMAND') return untold(`its nodes are ${capacityType}, not ON_DEMAND`);
  if (!group.instanceTypes?.length) return untold('its launch template chooses the instance types');
  if (!group.subnets?.length) return untold('EKS names no subnet of it');
  try {
    const zones = await zonesOf(need, group, context);
    const there = await listOf(aws, 'ec2', need.region, 'DescribeCapacityReservations', 'CapacityReservations', {});
    const active = there.filter(({ State }) => State === 'active');
    const fitting = active.filter((one) => zones.includes(zoneOf(one)) && fits(one, need, group));
    return compared(need, { group, more, zones, reserved: rooms.take(fitting, more), gone: goneOf(need, active) });
  } catch (error) {
    if (!goesUnanswered(error) && !isAwsError(rootOf(error), 'InvalidSubnetID.NotFound')) throw error;
    return untold((error as Error).message);
  }
}

async function zonesOf({ region }: Group, { subnets = [] }: Nodegroup, { aws }: LookContext): Promise<string[]> {
  const found = await listOf(aws, 'ec2', region, 'DescribeSubnets', 'Subnets', { SubnetIds: subnets });
  return [...new Set(found.flatMap(({ AvailabilityZone }) => AvailabilityZone ?? []))];
}

/** A reservation that instances must name counts only where the topology names it. */
function fits(one: Reservation, { reservations: { named } }: Group, { instanceTypes = [], amiType }: Nodegroup) {
  return (
    instanceTypes.includes(one.InstanceType ?? '') &&
    one.InstancePlatform === platformOf(amiType) &&
    (one.Tenancy ?? 'default') === 'default' &&
    (named ? named.includes(one.CapacityReservationId ?? '') : one.InstanceMatchCriteria === 'open')
  );
}

const platformOf = (amiType = ''): string => (amiType.startsWith('WINDOWS') ? 'Windows' : 'Linux/UNIX');

const goneOf = ({ reservations: { named = [] } }: Group, active: readonly Reservation[]): string[] =>
  named.filter((id) => !active.some(({ CapacityReservationId }) => CapacityReservationId === id));

interface Compared {
  group: Nodegroup;
  /** How many nodes the failover adds. */
  more: number;
  /** The zones that the group is in. */
  zones: readonly string[];
  reserved: { count: number; zones: string[] };
  /** Reservations that the topology names and that are not active. */
  gone: readonly string[];
}

const WHY = 'A failure of a whole region can leave no capacity: everybody starts instances elsewhere at the same time.';

function compared(need: Group, { group, more, zones, reserved, gone }: Compared): Look {
  const { region, nodegroup, reservations } = need;
  const { count } = reserved;
  const told = (where: readonly string[]) => `${count} reserved in ${where.length} of ${zones.length} zones`;
  const rows = [{ what: `${nodegroup} reserved nodes`, topology: `${more} more`, account: told(reserved.zones) }];
  const names = reservations.named ? ` by ${reservations.named.join(', ')}` : '';
  const missing = gone.length > 0 ? `; not active: ${gone.join(', ')}` : '';
  if (count < more) {
    const covered = count === 0 ? 'none' : `${count}`;
    const what = `${covered} of the ${more} nodes that ${nodegroup} gets in ${region} ${count === 1 ? 'is' : 'are'} reserved${names}${missing}`;
    const severity = reservations.required ? blocker : warning;
    return { rows, findings: [severity(nodegroup, what, WHY, reserve(need, group, { zones, count: more - count }))] };
  }
  if (reserved.zones.length >= Math.min(more, zones.length)) return { rows, findings: [] };
  const what = `the ${more} nodes that ${nodegroup} gets in ${region} are reserved in ${reserved.zones.length} of its ${zones.length} zones`;
  const why = 'With the failure of one zone all of them can be lost.';
  const other = zones.filter((zone) => !reserved.zones.includes(zone));
  return { rows, findings: [note(nodegroup, what, why, reserve(need, group, { zones: other, count: 1 }))] };
}

const reserve = (
  { region, reservations: { required } }: Group,
  { instanceTypes = [], amiType }: Nodegroup,
  { zones, count }: { zones: readonly string[]; count: number },
): string =>
  `${required ? 'Reserve it, or correct capacityReservations in the topology' : 'Reserve it, or accept the risk'}: aws ec2 create-capacity-reservation --region ${region} --availability-zone ${zones[0]} --instance-type ${instanceTypes[0]} --instance-platform ${platformOf(amiType)} --instance-count ${count}`;

const unknown = ({ region, nodegroup, reservations }: Group, reason: string): Finding =>
  (reservations.required ? blocker : note)(
    nodegroup,
    `whether nodes of ${nodegroup} are reserved in ${region} is not known: ${reason}`,
    WHY,
    `Allow ec2:DescribeCapacityReservations and ec2:DescribeSubnets, or compare yourself: aws ec2 describe-capacity-reservations --region ${region} --filters Name=state,Values=active`,
  );
