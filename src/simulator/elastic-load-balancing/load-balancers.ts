import { isArn, regionalArn } from '../../arn.ts';
import { type ComponentOf, componentsOf } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import { hash32 } from '../distributions.ts';
import { SIDES, type Side } from '../kubernetes/place.ts';
import { isLoadBalancer, zoneOfTarget } from '../route-53/targets.ts';

export interface SimulatedBalancer {
  arn: string;
  name: string;
  dnsName: string;
  zone: string;
  region: string;
  isNetwork: boolean;
}

export interface SimulatedGroup {
  arn: string;
  name: string;
  region: string;
  /** The DNS names of the load balancers that use it. */
  behind: string[];
  /** Which of its side's groups it is. */
  nth: number;
}

/** The load balancers that the topology's names lead to, or that stand behind their addresses. */
export const balancersOf = (topology: Topology): SimulatedBalancer[] =>
  uniqueBy(
    SIDES.flatMap((side) =>
      componentsOf(topology, 'route53').flatMap((name) => balancerBehind(topology, name, side) ?? []),
    ),
    ({ arn }) => arn,
  );

/** The load balancer of a name's side; one of its own, where the name leads to addresses or to something before it. */
export function balancerBehind(
  topology: Topology,
  name: ComponentOf<'route53'>,
  side: Side,
): SimulatedBalancer | undefined {
  const region = topology.regions[side];
  const { target, targetGroups, loadBalancer } = name[side];
  if (target !== undefined && isLoadBalancer(target)) {
    const namesake = componentsOf(topology, 'route53').find(
      (one) => one[side].target === target && one[side].loadBalancer,
    );
    return balancer(topology, region, target, namesake?.[side].loadBalancer);
  }
  if (targetGroups === undefined && loadBalancer === undefined) return undefined;
  const dnsName = `${name.id}-1.${loadBalancer ? `${region}.elb` : `elb.${region}`}.amazonaws.com`;
  return balancer(topology, region, dnsName, loadBalancer);
}

function balancer(topology: Topology, region: string, dnsName: string, named: string | undefined): SimulatedBalancer {
  // A network load balancer has `elb` before its region, an application load balancer behind it.
  const isNetwork = dnsName.split('.')[1] === 'elb';
  const name = named?.split('/')[1] ?? (dnsName.split('.')[0] ?? '').replace(/-[^-]*$/, '');
  return {
    arn: named
      ? elbArn(topology, region, `loadbalancer/${named}`)
      : arnOf(topology, region, `loadbalancer/${isNetwork ? 'net' : 'app'}/${name}`),
    name,
    dnsName,
    zone: zoneOfTarget(topology, dnsName) ?? '',
    region,
    isNetwork,
  };
}

/** The target groups that the topology names; several names may share one. */
export function groupsOf(topology: Topology): SimulatedGroup[] {
  const known = groups.get(topology);
  if (known) return known;
  const found = SIDES.flatMap((side) => {
    const region = topology.regions[side];
    const named = componentsOf(topology, 'route53').flatMap((name) =>
      (name[side].targetGroups ?? []).map((group) => ({
        group,
        behind: balancerBehind(topology, name, side)?.dnsName ?? '',
      })),
    );
    return [...new Set(named.map(({ group }) => group))].map((group, nth) => ({
      arn: isArn(group) ? group : arnOf(topology, region, `targetgroup/${group}`),
      name: isArn(group) ? (group.split('/').at(-2) ?? group) : group,
      region,
      behind: [...new Set(named.filter((one) => one.group === group).map(({ behind }) => behind))],
      nth,
    }));
  });
  groups.set(topology, found);
  return found;
}

const groups = new WeakMap<Topology, SimulatedGroup[]>();

/** Elastic Load Balancing ends its ARNs with sixteen digits of its own. */
function arnOf({ account }: Pick<Topology, 'account'>, region: string, path: string): string {
  const id = [path, `${path}/${region}`].map((one) => hash32(one).toString(16).padStart(8, '0')).join('');
  return elbArn({ account }, region, `${path}/${id}`);
}

const elbArn = ({ account }: Pick<Topology, 'account'>, region: string, resource: string): string =>
  regionalArn({ service: 'elasticloadbalancing', region, account, resource });

function uniqueBy<T>(all: T[], keyOf: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}
