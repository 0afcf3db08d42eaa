import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { World } from '../world.ts';
import { balancersOf, groupsOf, type SimulatedBalancer, type SimulatedGroup } from './load-balancers.ts';
import { type Target, targetsIn } from './targets.ts';

const PORT = 8080;

/** Elastic Load Balancing (version 2) as its API answers, as far as the topology's names lead to it. */
export const elasticloadbalancing = {
  DescribeLoadBalancers(
    { topology, startMs }: World,
    region: string,
    { LoadBalancerArns, Names }: Input<'elasticloadbalancing', 'DescribeLoadBalancers'>,
  ) {
    const here = balancersOf(topology).filter((one) => one.region === region);
    const found = narrowed(here, LoadBalancerArns, Names, 'LoadBalancerNotFound', 'load balancers');
    return { LoadBalancers: found.map((one) => describedBalancer(one, startMs)) };
  },

  DescribeTargetGroups(
    { topology }: World,
    region: string,
    { LoadBalancerArn, TargetGroupArns, Names }: Input<'elasticloadbalancing', 'DescribeTargetGroups'>,
  ) {
    const here = groupsOf(topology).filter((one) => one.region === region);
    const balancers = balancersOf(topology);
    const behind =
      LoadBalancerArn && narrowed(balancers, [LoadBalancerArn], undefined, 'LoadBalancerNotFound', 'load balancers');
    const found = narrowed(here, TargetGroupArns, Names, 'TargetGroupNotFound', 'target groups').filter(
      (group) => !behind || behind.some(({ dnsName }) => group.behind.includes(dnsName)),
    );
    return { TargetGroups: found.map((group) => describedGroup(group, balancers)) };
  },

  DescribeTargetHealth(
    world: World,
    region: string,
    { TargetGroupArn, Targets }: Input<'elasticloadbalancing', 'DescribeTargetHealth'>,
  ) {
    const here = groupsOf(world.topology).filter((one) => one.region === region);
    const [group] = narrowed(here, [TargetGroupArn ?? ''], undefined, 'TargetGroupNotFound', 'target groups');
    const nowMs = world.clock.nowMs();
    const found = group ? targetsIn(world, group, nowMs) : [];
    const asked = Targets ? found.filter(({ id }) => Targets.some(({ Id }) => Id === id)) : found;
    return { TargetHealthDescriptions: asked.map((one) => healthOf(one, nowMs)) };
  },
};

/** Those that are asked for by ARN or name, or all. AWS refuses a question for one that is not there. */
function narrowed<T extends { arn: string; name: string }>(
  all: T[],
  arns: string[] | undefined,
  names: string[] | undefined,
  error: string,
  what: string,
): T[] {
  const wanted = [...(arns ?? []), ...(names ?? [])];
  if (wanted.length === 0) return all;
  const found = all.filter(({ arn, name }) => arns?.includes(arn) || names?.includes(name));
  if (found.length === 0) throw awsError(error, `One or more ${what} not found`);
  return found;
}

const describedBalancer = ({ arn, name, dnsName, zone, isNetwork }: SimulatedBalancer, startMs: number) => ({
  LoadBalancerArn: arn,
  LoadBalancerName: name,
  DNSName: dnsName,
  CanonicalHostedZoneId: zone,
  CreatedTime: new Date(startMs - 30 * 86_400_000),
  Scheme: 'internet-facing' as const,
  State: { Code: 'active' as const },
  Type: isNetwork ? ('network' as const) : ('application' as const),
  IpAddressType: 'dualstack' as const,
});

const describedGroup = ({ arn, name, behind }: SimulatedGroup, balancers: SimulatedBalancer[]) => ({
  TargetGroupArn: arn,
  TargetGroupName: name,
  Protocol: 'HTTP' as const,
  Port: PORT,
  TargetType: 'ip' as const,
  HealthCheckEnabled: true,
  HealthCheckPath: '/ready',
  HealthCheckIntervalSeconds: 5,
  HealthyThresholdCount: 2,
  LoadBalancerArns: balancers.filter(({ dnsName }) => behind.includes(dnsName)).map((one) => one.arn),
});

function healthOf(target: Target, nowMs: number) {
  const Target = { Id: target.id, Port: PORT };
  if (target.isHealthy) return { Target, HealthCheckPort: `${PORT}`, TargetHealth: { State: 'healthy' as const } };
  const isNew = nowMs - target.sinceMs < INITIAL_MS;
  return {
    Target,
    HealthCheckPort: `${PORT}`,
    TargetHealth: isNew
      ? {
          State: 'initial' as const,
          Reason: 'Elb.InitialHealthChecking' as const,
          Description: 'Initial health checks in progress',
        }
      : {
          State: 'unhealthy' as const,
          Reason: 'Target.FailedHealthChecks' as const,
          Description: 'Health checks failed',
        },
  };
}

/** Assumption: as long as the first health checks of a target take. */
const INITIAL_MS = 30_000;
