import type { Aws } from '../../aws/aws.ts';
import { isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { sameTarget } from '../../drill/dns-name.ts';
import { loadBalancerName } from './schema.ts';

/** What a side of a public name has of its load balancer. */
interface OfBalancer {
  /** An Application Load Balancer, as CloudWatch calls it: others count no requests. */
  loadBalancer?: string;
  targetGroups?: string[];
}

/** The load balancer that a record leads to, and its target groups; nothing, where it is no load balancer of the region, or may not be read. */
export async function balancerBehind(aws: Aws, region: string, target: string | undefined): Promise<OfBalancer> {
  if (target === undefined || !target.includes('.elb.')) return {};
  try {
    const all = await listOf(aws, 'elasticloadbalancing', region, 'DescribeLoadBalancers', 'LoadBalancers', {});
    const { LoadBalancerArn, Type } = all.find(({ DNSName }) => sameTarget(DNSName, target)) ?? {};
    if (LoadBalancerArn === undefined) return {};
    const asked = { LoadBalancerArn };
    const groups = await listOf(aws, 'elasticloadbalancing', region, 'DescribeTargetGroups', 'TargetGroups', asked);
    const targetGroups = groups.flatMap(({ TargetGroupName }) => TargetGroupName ?? []);
    return {
      ...(Type === 'application' && { loadBalancer: loadBalancerName(LoadBalancerArn) }),
      ...(targetGroups.length > 0 && { targetGroups }),
    };
  } catch (error) {
    if (isAwsError(error, 'AccessDenied')) return {};
    throw error;
  }
}
