import { regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import type { Topology } from '../drill/topology.ts';
import { awsError } from './faults.ts';
import { isOutOfReach } from './partition.ts';
import { beforeChange } from './route-53/controller.ts';
import { always, at, plan, since } from './timeline.ts';
import type { Accelerator, EndpointGroup } from './traffic-state.ts';
import { nextDraw, type World } from './world.ts';

export function newAccelerator({ traffic, regions, account }: Topology): Accelerator | null {
  const named = traffic.accelerator;
  if (!named) return null;
  const group = (side: 'primary' | 'recovery'): EndpointGroup => ({
    arn: named[side],
    region: regions[side],
    endpoint: regionalArn({
      service: 'elasticloadbalancing',
      region: regions[side],
      account,
      resource: `loadbalancer/app/shop-${side}/50dc6c495c0c9188`,
    }),
    dial: side === 'primary' ? 100 : 0,
    inForce: always(side === 'primary' ? 100 : 0),
  });
  return {
    arn: named.primary.split('/listener/')[0] ?? '',
    dnsName: 'a1234567890abcdef.awsglobalaccelerator.com',
    addresses: ['192.0.2.250', '192.0.2.251'],
    groups: [group('primary'), group('recovery')],
    status: always('DEPLOYED'),
  };
}

/** The control plane of Global Accelerator, as far as dials go. */
export const globalaccelerator = {
  DescribeAccelerator(
    world: World,
    _region: string,
    { AcceleratorArn }: Input<'globalaccelerator', 'DescribeAccelerator'>,
  ) {
    return { Accelerator: described(world, acceleratorOf(world, AcceleratorArn)) };
  },

  ListAccelerators(world: World) {
    return { Accelerators: world.accelerator ? [described(world, world.accelerator)] : [] };
  },

  ListListeners(world: World, _region: string, { AcceleratorArn }: Input<'globalaccelerator', 'ListListeners'>) {
    const ListenerArn = listenerOf(acceleratorOf(world, AcceleratorArn));
    const PortRanges = [{ FromPort: 443, ToPort: 443 }];
    return { Listeners: [{ ListenerArn, PortRanges, Protocol: 'TCP' as const, ClientAffinity: 'NONE' as const }] };
  },

  ListEndpointGroups(world: World, _region: string, { ListenerArn }: Input<'globalaccelerator', 'ListEndpointGroups'>) {
    const { accelerator } = world;
    if (!accelerator || listenerOf(accelerator) !== ListenerArn)
      throw awsError('ListenerNotFoundException', `The listener ${ListenerArn} does not exist.`);
    return { EndpointGroups: accelerator.groups.map((group) => describedGroup(world, group)) };
  },

  DescribeEndpointGroup(
    world: World,
    _region: string,
    { EndpointGroupArn }: Input<'globalaccelerator', 'DescribeEndpointGroup'>,
  ) {
    return { EndpointGroup: describedGroup(world, groupOf(world, EndpointGroupArn)) };
  },

  UpdateEndpointGroup(world: World, _region: string, input: Input<'globalaccelerator', 'UpdateEndpointGroup'>) {
    const group = groupOf(world, input.EndpointGroupArn);
    const asked = input.TrafficDialPercentage ?? group.dial;
    if (asked < 0 || asked > 100)
      throw awsError('InvalidArgumentException', 'The traffic dial percentage must be between 0 and 100.');
    beforeChange(world);
    setDial(world, group, asked, world.clock.nowMs());
    return { EndpointGroup: describedGroup(world, group) };
  },
};

/** From an instant on; edges go by it after a while. */
export function setDial(world: World, group: EndpointGroup, dial: number, ms: number): void {
  group.dial = dial;
  const status = (world.accelerator as Accelerator).status;
  const { takes, stuck } = world.simulation.dials;
  const takesMs = Math.round(takes ?? world.durations.dialChange(nextDraw(world, `dial/${group.region}`)));
  // A change that is on its way already does not come earlier for another one.
  const deployedMs = Math.max(ms + takesMs, status.at(-1)?.[0] ?? 0);
  plan(status, ms, [[ms, 'IN_PROGRESS'], ...(stuck ? [] : [[deployedMs, 'DEPLOYED'] as [number, 'DEPLOYED']])]);
  if (!stuck) plan(group.inForce, ms, [[ms + takesMs, dial]]);
}

/**
 * The share of new connections that edges send to a region at an instant. A dial is of what would come to its group, and the rest goes to
 * the other one. A group without anybody healthy is left by all, whatever the other's dial; where nobody is healthy, edges do as if all were.
 * Assumption: every customer is nearest to the primary region, and with both dials at 0 goes there.
 */
export function shareOfEdges(world: World, { groups }: Accelerator, region: string, ms: number): number {
  const [near, far] = groups as [EndpointGroup, EndpointGroup];
  const [nearWell, farWell] = [isWell(world, near, ms), isWell(world, far, ms)];
  const dial = at(near.inForce, ms) / 100;
  const wanted = at(far.inForce, ms) > 0 ? dial : 1;
  const here = nearWell === farWell ? wanted : nearWell ? 1 : 0;
  return region === near.region ? here : 1 - here;
}

/** From when on edges send new connections elsewhere than before: by a dial, and by the health of what is behind them. */
export const edgesTurned = (world: World, { groups }: Accelerator, ms: number) => ({
  byDialMs: Math.max(...groups.map(({ inForce }) => since(inForce, ms))),
  byHealthMs: Math.max(...groups.map(({ region }) => wellSince(world, region, ms))),
});

/** Edges notice a lost region, and one that is back, after a while. Assumption: nothing less makes an endpoint unhealthy. */
const isWell = (world: World, { region }: EndpointGroup, ms: number): boolean =>
  !isOutOfReach(world, region, ms - world.durations.endpointHealth);

function wellSince(world: World, region: string, ms: number): number {
  const { endpointHealth } = world.durations;
  const down = world.down[region];
  if (!down) return 0;
  return Math.max(...[down, world.partition].map((line) => since(line, ms - endpointHealth))) + endpointHealth;
}

function acceleratorOf({ accelerator }: World, arn: string | undefined): Accelerator {
  if (accelerator?.arn === arn && accelerator) return accelerator;
  throw awsError('AcceleratorNotFoundException', `The accelerator ${arn} does not exist.`);
}

function groupOf({ accelerator }: World, arn: string | undefined): EndpointGroup {
  const found = accelerator?.groups.find((group) => group.arn === arn);
  if (found) return found;
  throw awsError('EndpointGroupNotFoundException', `The endpoint group ${arn} does not exist.`);
}

const listenerOf = ({ groups }: Accelerator): string => groups[0]?.arn.split('/endpoint-group/')[0] ?? '';

const described = ({ clock }: World, { arn, dnsName, addresses, status }: Accelerator) => ({
  AcceleratorArn: arn,
  Name: 'shop',
  IpAddressType: 'IPV4' as const,
  Enabled: true,
  IpSets: [{ IpFamily: 'IPv4', IpAddressFamily: 'IPv4' as const, IpAddresses: [...addresses] }],
  DnsName: dnsName,
  Status: at(status, clock.nowMs()),
});

const describedGroup = (world: World, group: EndpointGroup) => ({
  EndpointGroupArn: group.arn,
  EndpointGroupRegion: group.region,
  TrafficDialPercentage: group.dial,
  HealthCheckPort: 443,
  HealthCheckProtocol: 'TCP' as const,
  HealthCheckIntervalSeconds: 10,
  ThresholdCount: 3,
  EndpointDescriptions: [
    {
      EndpointId: group.endpoint,
      Weight: 128,
      HealthState: isWell(world, group, world.clock.nowMs()) ? ('HEALTHY' as const) : ('UNHEALTHY' as const),
    },
  ],
});
