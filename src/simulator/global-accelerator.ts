import { regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import type { Traffic } from '../components/route53/schema.ts';
import { componentsOf } from '../drill/components.ts';
import type { Topology } from '../drill/topology.ts';
import { awsError } from './faults.ts';
import { isOutOfReach } from './partition.ts';
import { beforeChange } from './route-53/controller.ts';
import { always, at, plan, since } from './timeline.ts';
import type { Accelerator, EndpointGroup } from './traffic-state.ts';
import { nextDraw, type World } from './world.ts';

type Groups = NonNullable<Traffic['accelerator']>;

/** The accelerators that the topology's names lead to; several names may share one. */
export function newAccelerators(topology: Topology): Accelerator[] {
  const named = componentsOf(topology, 'route53').flatMap(({ accelerator }) => accelerator ?? []);
  const arns = [...new Set(named.map(({ primary }) => acceleratorIn(primary)))];
  const listeners = [...new Map(named.map((groups) => [listenerIn(groups.primary), groups])).values()];
  return listeners.map((groups) => newAccelerator(topology, groups, arns.indexOf(acceleratorIn(groups.primary))));
}

function newAccelerator({ regions, account }: Topology, named: Groups, nth: number): Accelerator {
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
    arn: acceleratorIn(named.primary),
    dnsName: `a1234567890abcd${(0xef + nth).toString(16)}.awsglobalaccelerator.com`,
    addresses: [250 - 2 * nth, 251 - 2 * nth].map((host) => `192.0.2.${host}`),
    groups: [group('primary'), group('recovery')],
    status: always('DEPLOYED'),
  };
}

const acceleratorIn = (groupArn: string): string => groupArn.split('/listener/')[0] ?? '';
const listenerIn = (groupArn: string): string => groupArn.split('/endpoint-group/')[0] ?? '';

/** The accelerator that a public name leads to. */
export const acceleratorOf = (accelerators: readonly Accelerator[], { accelerator: named }: Traffic) =>
  named && accelerators.find(({ groups }) => groups.some(({ arn }) => arn === named.primary));

/** The control plane of Global Accelerator, as far as dials go. */
export const globalaccelerator = {
  DescribeAccelerator(
    world: World,
    _region: string,
    { AcceleratorArn }: Input<'globalaccelerator', 'DescribeAccelerator'>,
  ) {
    return { Accelerator: described(world, found(world, AcceleratorArn)[0]) };
  },

  ListAccelerators(world: World) {
    const arns = [...new Set(world.accelerators.map(({ arn }) => arn))];
    return { Accelerators: arns.map((arn) => described(world, found(world, arn)[0])) };
  },

  ListListeners(world: World, _region: string, { AcceleratorArn }: Input<'globalaccelerator', 'ListListeners'>) {
    const PortRanges = [{ FromPort: 443, ToPort: 443 }];
    return {
      Listeners: found(world, AcceleratorArn).map((one) => ({
        ListenerArn: listenerOf(one),
        PortRanges,
        Protocol: 'TCP' as const,
        ClientAffinity: 'NONE' as const,
      })),
    };
  },

  ListEndpointGroups(world: World, _region: string, { ListenerArn }: Input<'globalaccelerator', 'ListEndpointGroups'>) {
    const accelerator = world.accelerators.find((one) => listenerOf(one) === ListenerArn);
    if (!accelerator) throw awsError('ListenerNotFoundException', `The listener ${ListenerArn} does not exist.`);
    return { EndpointGroups: accelerator.groups.map((group) => describedGroup(world, group)) };
  },

  DescribeEndpointGroup(
    world: World,
    _region: string,
    { EndpointGroupArn }: Input<'globalaccelerator', 'DescribeEndpointGroup'>,
  ) {
    return { EndpointGroup: describedGroup(world, foundGroup(world, EndpointGroupArn).group) };
  },

  UpdateEndpointGroup(world: World, _region: string, input: Input<'globalaccelerator', 'UpdateEndpointGroup'>) {
    const { accelerator, group } = foundGroup(world, input.EndpointGroupArn);
    const asked = input.TrafficDialPercentage ?? group.dial;
    if (asked < 0 || asked > 100)
      throw awsError('InvalidArgumentException', 'The traffic dial percentage must be between 0 and 100.');
    beforeChange(world);
    setDial(world, accelerator, group, asked, world.clock.nowMs());
    return { EndpointGroup: describedGroup(world, group) };
  },
};

/** From an instant on; edges go by it after a while. */
export function setDial(world: World, { status }: Accelerator, group: EndpointGroup, dial: number, ms: number): void {
  group.dial = dial;
  const { takes, stuck } = world.simulation.dials;
  const takesMs = Math.round(takes ?? world.durations.dialChange(nextDraw(world, `dial/${group.region}`)));
  // A change that is on its way already does not come earlier for another one.
  const deployedMs = Math.max(ms + takesMs, status.at(-1)?.[0] ?? 0);
  plan(status, ms, [[ms, 'IN_PROGRESS'], ...(stuck ? [] : [[deployedMs, 'DEPLOYED'] as [number, 'DEPLOYED']])]);
  if (!stuck) plan(group.inForce, ms, [[ms + takesMs, dial]]);
}

/**
 * The share of new connections that edges send to a region at an instant. A dial is of what would come to its group, and the rest goes to
 * the other one. A group without anyone healthy is left by all, whatever the other's dial; where nobody is healthy, edges do as if all were.
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

/** An accelerator's listeners. */
function found({ accelerators }: World, arn: string | undefined): [Accelerator, ...Accelerator[]] {
  const [first, ...others] = accelerators.filter((one) => one.arn === arn);
  if (first) return [first, ...others];
  throw awsError('AcceleratorNotFoundException', `The accelerator ${arn} does not exist.`);
}

/** An endpoint group, and the accelerator that it is of. */
export function groupWith({ accelerators }: World, arn: string | undefined) {
  for (const accelerator of accelerators) {
    const group = accelerator.groups.find((one) => one.arn === arn);
    if (group) return { accelerator, group };
  }
  return undefined;
}

function foundGroup(world: World, arn: string | undefined): { accelerator: Accelerator; group: EndpointGroup } {
  const found = groupWith(world, arn);
  if (found) return found;
  throw awsError('EndpointGroupNotFoundException', `The endpoint group ${arn} does not exist.`);
}

const listenerOf = ({ groups }: Accelerator): string => listenerIn(groups[0]?.arn ?? '');

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
